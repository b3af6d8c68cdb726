using System.Globalization;
using Bandstand.Api;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bandstand.Benchmarks;

/// <summary>
/// What does HTTP cost? Single assignments, sticky and new and durable, against the same Kestrel answering a constant; and a
/// body of events, from the socket to the disk, against parsing its lines alone. The sender is a process of its own on the
/// same processors.
/// </summary>
/// <remarks>
/// <c>http [--connections N] [--slices N] [--requests N] [--lines N]</c>. The three kinds of request take turns in short slices,
/// so that whoever else uses the machine disturbs them alike; figures are medians over the slices, and beside the rate on
/// the wall stands the server's processor time, which others disturb less. New assignments wait for the disk: with few
/// connections the processors wait with them.
/// </remarks>
internal static class HttpBenchmark
{
    private const int People = 1_000_000;
    private static readonly byte[] Constant = """{"experiment":"price","identity":"user-0000001","alternative":"a","value":"a","reason":"sticky","new":false,"epoch":0,"probability":0.5,"fingerprint":"0123456789"}"""u8.ToArray();

    /// <summary>Runs it.</summary>
    public static int Run(string[] args) => args is ["--client", .. var rest] ? HttpLoad.Run(rest) : RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        var connections = Number(args, "--connections", 256);
        var slices = Number(args, "--slices", 15);
        var requests = Number(args, "--requests", 10_000);
        var lines = Number(args, "--lines", 5_000_000);
        var folder = Directory.CreateTempSubdirectory("bandstand-http-").FullName;
        try
        {
            await using var engine = await EmbeddedExperiments.OpenAsync(folder);
            await using var app = Build(engine);
            await app.StartAsync();
            await engine.Define("price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""");
            await EngineBenchmark.Enrol(engine);
            using var load = HttpLoadProcess.Start(new Uri(app.Urls.First()).Port, connections);
            var missed = await Assignments(load, slices, requests) ? 0 : 1;
            return missed | (await Ingest(load, lines) ? 0 : 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> Assignments(HttpLoadProcess load, int slices, int requests)
    {
        string[] kinds = ["constant", "sticky", "new"];
        double[] goals = [1, 0.7, 0.5];
        var rates = kinds.Select(_ => new List<double>()).ToArray();
        var costs = kinds.Select(_ => new List<double>()).ToArray();
        var bytes = new long[kinds.Length];
        for (var slice = -2; slice < slices; slice++)
        {
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                await load.Ask($"prepare {kinds[kind]} {requests}");
                var allocated = GC.GetTotalAllocatedBytes();
                var from = ThreadClock.ProcessNanoseconds();
                var seconds = double.Parse(await load.Ask("run"), CultureInfo.InvariantCulture);
                if (slice >= 0)
                {
                    costs[kind].Add((double)(ThreadClock.ProcessNanoseconds() - from) / requests);
                    rates[kind].Add(requests / seconds);
                    bytes[kind] = (GC.GetTotalAllocatedBytes() - allocated) / requests;
                }
            }
        }

        Console.WriteLine($"{"single requests",-34} {"requests/s",11} {"of constant",12} {"goal",6} {"server µs each",15} {"bytes",7}");
        var isGood = true;
        for (var kind = 0; kind < kinds.Length; kind++)
        {
            // Slice by slice, so that what disturbed a slice disturbed its neighbour too.
            var share = Median(rates[kind].Zip(rates[0], (mine, constant) => mine / constant));
            isGood &= share >= goals[kind];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kinds[kind],-34} {Median(rates[kind]),11:0} {share,12:0.00} {goals[kind],6:0.0} {Median(costs[kind]) / 1000,15:0.0} {bytes[kind],7}"));
        }

        return isGood;
    }

    private static async Task<bool> Ingest(HttpLoadProcess load, int lines)
    {
        var body = HttpLoad.Lines(200_000, TimeProvider.System.GetUtcNow());
        var parsing = Enumerable.Range(0, 5).Select(_ => Parse(body)).Min();
        Console.WriteLine();
        Console.WriteLine($"{"events",-34} {"events/s",11} {"MB/s",12} {"goal",6} {"server ns each",15}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"lines parsed alone, one thread",-34} {1e9 / parsing,11:0} {body.Length / 200_000.0 / parsing * 1e3,12:0} {"",6} {parsing,15:0}"));
        var best = 0.0;
        for (var streams = 1; streams <= 2; streams++)
        {
            var from = ThreadClock.ProcessNanoseconds();
            var seconds = double.Parse(await load.Ask($"ingest {lines} {streams}"), CultureInfo.InvariantCulture);
            var cost = (double)(ThreadClock.ProcessNanoseconds() - from) / lines;
            best = Math.Max(best, lines / seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{$"NDJSON, durable, {streams} connection(s)",-34} {lines / seconds,11:0} {(double)lines * body.Length / 200_000 / seconds / 1e6,12:0} {"1e6",6} {cost,15:0}"));
        }

        return best >= 1e6;
    }

    private static double Parse(byte[] body)
    {
        var parser = new EventLineParser();
        var from = ThreadClock.Nanoseconds();
        long read = 0;
        for (ReadOnlySpan<byte> rest = body; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            read += parser.TryParse(rest[..end], out _, out _) ? 1 : 0;
            rest = rest[(end + 1)..];
        }

        return read == 200_000 ? (double)(ThreadClock.Nanoseconds() - from) / read : throw new InvalidOperationException("Not every line was read.");
    }

    private static WebApplication Build(IExperiments engine)
    {
        var builder = BandstandHost.CreateBuilder(new HostArguments { Urls = ["http://127.0.0.1:0"] });
        builder.Services.AddSingleton(engine);
        var app = builder.Build();
        app.MapBandstandApi();
        RequestDelegate constant = async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Constant.Length;
            await context.Response.BodyWriter.WriteAsync(Constant);
        };
        app.MapPost("/constant", constant);
        return app;
    }

    private static double Median(IEnumerable<double> of)
    {
        var sorted = of.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static int Number(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
    }
}
