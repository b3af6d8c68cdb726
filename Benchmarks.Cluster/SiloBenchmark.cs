using System.Globalization;
using System.Text;
using Bandstand.Assignment;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Bandstand.Benchmarks.Cluster;

/// <summary>What does a silo cost, against the embedded engine and against bare grain calls in the same run?</summary>
/// <remarks>
/// Arguments: words, of which a figure's name must contain one. The silo is the program as it is started, with its API idle, on a SQLite
/// file; whoever asks does so in its process through <see cref="IExperiments"/>, as the API does. Figures are processor time of the whole
/// process, the best of many windows.
/// </remarks>
internal static class SiloBenchmark
{
    private const int People = 1_000_000;
    private const int Lines = 12_500;
    private const int Bodies = 24;
    private const int Rounds = 6;
    private static readonly Random Draw = new(1);
    private const int Callers = 200;
    private const int CallsOfACaller = 500;
    private const string Definition = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""";

    /// <summary>Runs it.</summary>
    public static async Task<int> Run(string[] args)
    {
        // What the silo says of a busy machine is no figure.
        Environment.SetEnvironmentVariable("Logging__Console__LogLevel__Default", "None");
        var table = new FigureTable(args);
        FigureTable.PrintHead();
        var now = TimeProvider.System.GetUtcNow();
        byte[][] bodies = [.. Enumerable.Range(0, Bodies).Select(number => Body(number, now))];
        var folder = Directory.CreateTempSubdirectory("bandstand-silo-").FullName;
        try
        {
            const string embedded = "event: embedded, durable";
            var floor = 0.0;
            await using (var engine = await EmbeddedExperiments.OpenAsync(Path.Combine(folder, "embedded")))
            {
                await Enrol(engine);
                floor = await Events(table, engine, bodies, embedded, null, null);
            }

            await InSilo(Path.Combine(folder, "silo"), async app =>
            {
                var experiments = app.Services.GetRequiredService<IExperiments>();
                await Enrol(experiments);
                await Events(table, experiments, bodies, "event: in a silo, durable", 2 * floor, embedded);
                await Calls(table, experiments, app.Services.GetRequiredService<IGrainFactory>());
                await Push(experiments);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return table.Missed == 0 ? 0 : 1;
    }

    private static async Task InSilo(string folder, Func<WebApplication, Task> measure)
    {
        var started = new TaskCompletionSource<WebApplication>();
        var running = SiloProgram.Run(["--data", folder, "--urls", "http://127.0.0.1:0"], TextWriter.Null, Console.Error, started.SetResult);
        if (await Task.WhenAny(started.Task, running) == running)
        {
            throw new InvalidOperationException($"The silo ended with {await running} before it had started.");
        }

        var app = await started.Task;
        await measure(app);
        await app.StopAsync();
        await running;
    }

    private static async Task<double> Events(FigureTable table, IExperiments experiments, byte[][] bodies, string what, double? goal, string? against)
    {
        if (!table.IsAsked("event"))
        {
            return 0;
        }

        var best = Figure.None;
        for (var number = 0; number < Rounds * bodies.Length; number++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var from = ThreadClock.ProcessNanoseconds();
            var receipt = (await experiments.Ingest(new EventBatch(bodies[number % bodies.Length], EventFormat.Lines, new ProducerSequence("benchmark", number)))).Value;
            var ns = (double)(ThreadClock.ProcessNanoseconds() - from) / Lines;
            best = best.Least(new Figure(ns, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Lines));
            if (receipt.Accepted != Lines)
            {
                throw new InvalidOperationException($"Of {Lines} events {receipt.Accepted} counted.");
            }
        }

        table.Print(what, goal, (best.Ns, best.Bytes), against);
        return best.Ns;
    }

    private static async Task Calls(FigureTable table, IExperiments experiments, IGrainFactory grains)
    {
        if (!table.IsAsked("call"))
        {
            return;
        }

        var echoes = Enumerable.Range(0, 16).Select(number => grains.GetGrain<IEchoGrain>(number)).ToArray();
        Func<int, string, Task> echo = async (number, _) => await echoes[number % echoes.Length].Echo(number);
        Func<int, string, Task> assign = async (_, identity) => Sticky(await experiments.Assign("price", new AssignmentRequest(identity)));
        var (bare, few, all) = (Figure.None, Figure.None, Figure.None);

        // By turns, so that all meet the same neighbours.
        for (var round = 0; round < 12; round++)
        {
            bare = bare.Least(await Window(People, echo));
            few = few.Least(await Window(2_000, assign));
            all = all.Least(await Window(People, assign));
        }

        const string floor = "call: of a bare grain";
        table.Print(floor, null, (bare.Ns, bare.Bytes));
        table.Print("call: sticky assignment, of the same 2 000 participants", bare.Ns / 0.7, (few.Ns, few.Bytes), floor);
        table.Print("call: sticky assignment, of 1 M participants at random", bare.Ns / 0.7, (all.Ns, all.Bytes), floor);
    }

    private static async Task<Figure> Window(int people, Func<int, string, Task> call)
    {
        // Identities arrive with their requests, so they are in a cache; the participants' rows are not.
        string[][] identities = [.. Enumerable.Range(0, Callers).Select(_ => Enumerable.Range(0, CallsOfACaller).Select(_ => Identity(Draw.Next(people))).ToArray())];
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var from = ThreadClock.ProcessNanoseconds();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var number = 0; number < CallsOfACaller; number++)
            {
                await call(number, identities[caller][number]);
            }
        })));
        const double calls = Callers * CallsOfACaller;
        var ns = (ThreadClock.ProcessNanoseconds() - from) / calls;
        return new Figure(ns, (GC.GetTotalAllocatedBytes(precise: true) - before) / calls);
    }

    private static void Sticky(Answer<AssignmentResult> answer)
    {
        if (answer.Value.Reason != AssignmentReason.Sticky)
        {
            throw new InvalidOperationException($"'{answer.Value.Identity}' was {answer.Value.Reason}, not known.");
        }
    }

    /// <summary>New weights until every shard has confirmed them, which is when the call is answered.</summary>
    private static async Task Push(IExperiments experiments)
    {
        var took = new List<double>();
        for (var number = 0; number < 100; number++)
        {
            var from = TimeProvider.System.GetTimestamp();
            var weights = new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 2 + (number % 2) }, "to and fro");
            _ = (await experiments.Execute("price", weights)).Value;
            took.Add(TimeProvider.System.GetElapsedTime(from).TotalMilliseconds);
        }

        took.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"new weights at all 16 shards, on the wall: median {took[50]:0.0} ms, 99th percentile {took[98]:0.0} ms (goal 1000)"));
    }

    private static async Task Enrol(IExperiments experiments)
    {
        await experiments.Define("price", Definition);
        foreach (var some in Enumerable.Range(0, People).Select(number => new AssignmentRequest(Identity(number))).Chunk(10_000))
        {
            _ = (await experiments.AssignMany("price", some)).Value;
        }
    }

    private static string Identity(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number:00000000}");

    /// <summary>Lines of 78 bytes about random participants, a moment after everybody was assigned.</summary>
    private static byte[] Body(int number, DateTimeOffset now)
    {
        var random = new Random(number);
        var body = new StringBuilder();
        for (var line = 0; line < Lines; line++)
        {
            body.Append(CultureInfo.InvariantCulture, $$"""{"metric":"signup","identity":"{{Identity(random.Next(People))}}","at":"{{now.AddSeconds(120 + (number * 4) + (line / 5_000)).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private readonly record struct Figure(double Ns, double Bytes)
    {
        public static Figure None => new(double.MaxValue, double.MaxValue);

        public Figure Least(Figure other) => new(Math.Min(Ns, other.Ns), Math.Min(Bytes, other.Bytes));
    }
}
