using System.Globalization;
using Bandstand.Tests.Kill;

namespace Bandstand.Benchmarks;

/// <summary>
/// What do assignments and events cost a cluster of 1, 2 and 3 silos, in processor time of all silo processes together, beside the single server
/// in the same run? Every silo is sent the same; the senders are processes of their own, so their time does not count.
/// </summary>
/// <remarks>
/// <c>cluster --silo PATH [--requests N] [--lines N] [--windows N]</c>. PATH is a built <c>Bandstand.Silo.dll</c>, which this program
/// starts and knows nothing else of. All silos share one machine and one SQLite file, so rates on the wall say nothing about
/// a cluster and are not shown; figures are the best of a few windows.
/// </remarks>
internal static class ClusterBenchmark
{
    private const int People = 1_000_000;
    private const int Crowd = 10_000;
    private const int Connections = 64;
    private const string Experiment = "price";
    private static readonly string Server = Path.Combine(AppContext.BaseDirectory, "Bandstand.Server.dll");

    /// <summary>Runs it.</summary>
    public static int Run(string[] args)
    {
        if (SiloPath(args) is not { } silo)
        {
            return 2;
        }

        return RunAsync(silo, Number(args, "--requests", 40_000), Number(args, "--lines", 1_000_000), Number(args, "--windows", 3)).GetAwaiter().GetResult();
    }

    /// <summary>The built silo, or null when there is none, which is said.</summary>
    public static string? SiloPath(string[] args)
    {
        var at = Array.IndexOf(args, "--silo");
        var path = at >= 0 && at + 1 < args.Length ? Path.GetFullPath(args[at + 1]) : null;
        if (path is not null && File.Exists(path))
        {
            return path;
        }

        Console.Error.WriteLine($"{(path is null ? "--silo PATH is missing" : $"There is no {path}")}. Build it with dotnet build Silo -c Release and give artifacts/bin/Silo/release/Bandstand.Silo.dll.");
        return null;
    }

    private static async Task<int> RunAsync(string silo, int requests, int lines, int windows)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        Console.WriteLine($"{"processor time of all, µs each",-32} {"new in bulk",12} {"sticky in bulk",15} {"sticky alone",13} {"event",8} {"idle, % of one",15}");
        for (var silos = 0; silos <= 3; silos++)
        {
            var folder = Directory.CreateTempSubdirectory("bandstand-cluster-").FullName;
            try
            {
                if (silos == 0)
                {
                    using var server = new MortalServer(Server, folder, patience.Token);
                    var process = await server.Start();
                    await Measure("server", server, [process], requests, lines, windows);
                }
                else
                {
                    using var cluster = new MortalCluster(silo, folder, silos, seed: 1, patience.Token);
                    await cluster.Start();
                    await Measure(string.Create(CultureInfo.InvariantCulture, $"{silos} silo{(silos == 1 ? "" : "s")}"), cluster, cluster.Living, requests, lines, windows);
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return 0;
    }

    private static async Task Measure(string what, MortalHost host, IReadOnlyList<ServerProcess> processes, int requests, int lines, int windows)
    {
        foreach (var experiment in new[] { "warm", Experiment })
        {
            await host.Put($"/v1/experiments/{experiment}", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""");
        }

        // The compiler has its best code ready after a while, in every process.
        await AssignAll(host, "warm");
        await host.Post("/v1/experiments/warm/disable", "{}");
        var enrolled = await Cost(processes, People, () => AssignAll(host, Experiment));
        var bulk = await Best(processes, windows, People, () => AssignAll(host, Experiment));

        using var senders = new Senders(processes);
        await senders.Ask($"prepare known {requests}");
        await senders.Ask("run");
        var alone = await Best(processes, windows, requests * processes.Count, () => senders.Ask("run"));
        var events = await Best(processes, windows, lines * processes.Count, () => senders.Ask($"ingest {lines} 1"));
        var idle = await Cost(processes, 1, () => Task.Delay(TimeSpan.FromSeconds(3)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {enrolled,12:0.00} {bulk,15:0.00} {alone,13:0.0} {events,8:0.00} {idle / 3e4,15:0.0}"));
    }

    /// <summary>Everybody, in requests of ten thousand, two at a time.</summary>
    private static Task AssignAll(MortalHost host, string experiment) => Parallel.ForEachAsync(
        Enumerable.Range(0, People).Select(EngineBenchmark.Identity).Chunk(Crowd),
        new ParallelOptions { MaxDegreeOfParallelism = 2 },
        async (some, _) => await host.Post($"/v1/experiments/{experiment}/assignments", $$"""{"identities":["{{string.Join("\",\"", some)}}"]}"""));

    private static async Task<double> Best(IReadOnlyList<ServerProcess> processes, int windows, long operations, Func<Task> run)
    {
        var best = double.MaxValue;
        for (var window = 0; window < windows; window++)
        {
            best = Math.Min(best, await Cost(processes, operations, run));
        }

        return best;
    }

    /// <summary>Microseconds of processor time for one operation.</summary>
    private static async Task<double> Cost(IReadOnlyList<ServerProcess> processes, long operations, Func<Task> run)
    {
        var before = processes.Sum(process => process.ProcessorTime.TotalMicroseconds);
        await run();
        return (processes.Sum(process => process.ProcessorTime.TotalMicroseconds) - before) / operations;
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A sender for each process; all do the same at once.</summary>
    private sealed class Senders(IReadOnlyList<ServerProcess> processes) : IDisposable
    {
        private readonly HttpLoadProcess[] all = [.. processes.Select(process => HttpLoadProcess.Start(process.Client.BaseAddress!.Port, Connections))];

        public Task<string[]> Ask(string question) => Task.WhenAll(all.Select(sender => sender.Ask(question)));

        public void Dispose() => Array.ForEach(all, sender => sender.Dispose());
    }
}
