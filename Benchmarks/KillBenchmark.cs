using System.Diagnostics;
using System.Globalization;
using Bandstand.Tests.Kill;

namespace Bandstand.Benchmarks;

/// <summary>
/// Kills a server fifty times under load and holds it to what it acknowledged; then asks how long it takes to serve a million participants
/// after a kill, from the start of the process to the first <c>200</c> of <c>/readyz</c>.
/// </summary>
/// <remarks><c>kill [--kills N] [--seed N] [--starts N]</c>. The load is that of the tests, in larger batches, so that snapshots are cut short too.</remarks>
internal static class KillBenchmark
{
    private const int People = 1_000_000;
    private const int Events = 4_000_000;
    private const int Lines = 50_000;
    private static readonly string Server = Path.Combine(AppContext.BaseDirectory, "Bandstand.Server.dll");

    /// <summary>Runs it.</summary>
    public static int Run(string[] args) => RunAsync(
        Number(args, "--kills", 50), Number(args, "--seed", 1), Number(args, "--starts", 5)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(int kills, int seed, int starts)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        if (kills > 0)
        {
            await Kill(kills, seed, patience.Token);
        }

        return starts > 0 && !await Start(starts, patience.Token) ? 1 : 0;
    }

    private static async Task Kill(int kills, int seed, CancellationToken patience)
    {
        using var folder = new Folder();
        var plan = new KillPlan { Assembly = Server, Folder = folder.Path, Seed = seed, Kills = kills, MostLines = 8_000, Report = Console.WriteLine };
        using var server = new MortalServer(plan.Assembly, plan.Folder, patience);
        await new KillRun(plan, server, patience).Run();
        Console.WriteLine($"{kills} kills, seed {seed}: every acknowledged event counted once, nobody in two alternatives.");
    }

    private static async Task<bool> Start(int starts, CancellationToken patience)
    {
        using var folder = new Folder();
        var isInTime = true;
        using (var server = new MortalServer(Server, folder.Path, patience))
        {
            await server.Start();
            isInTime &= await Restart(server, folder, "nobody", starts);
            await server.Put("/v1/experiments/price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""");
            foreach (var some in Enumerable.Range(0, People).Select(EngineBenchmark.Identity).Chunk(10_000))
            {
                await server.Post("/v1/experiments/price/assignments", $$"""{"identities":["{{string.Join("\",\"", some)}}"]}""");
            }

            isInTime &= await Restart(server, folder, $"{People:N0} participants", starts);
            var random = new Random(1);
            for (var sequence = 0; sequence < Events / Lines; sequence++)
            {
                var batch = new EventLines("start", sequence);
                for (var line = 0; line < Lines; line++)
                {
                    batch.Track("signup", EngineBenchmark.Identity(random.Next(People)), 1, withId: false);
                }

                await server.Post(batch);
            }

            isInTime &= await Restart(server, folder, $"and {Events:N0} events", starts);
        }

        return isInTime;
    }

    /// <summary>Kills and starts a few times; the best start must take less than two seconds.</summary>
    private static async Task<bool> Restart(MortalServer server, Folder folder, string what, int starts)
    {
        var times = new List<(double Wall, double Processor, double Memory)>();
        for (var start = 0; start < starts; start++)
        {
            await server.Kill();
            var from = Stopwatch.GetTimestamp();
            var process = await server.Start();
            await server.Get("/readyz");
            times.Add((Stopwatch.GetElapsedTime(from).TotalMilliseconds, process.ProcessorTime.TotalMilliseconds, process.PeakMemory / 1e6));
        }

        times.Sort();
        var best = times[0];
        var isInTime = best.Wall < 2_000;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start with {what,-24} best {best.Wall:0} ms, median {times[starts / 2].Wall:0} ms; processor time {times.Min(time => time.Processor):0} ms, memory {best.Memory:0} MB; files {folder.Bytes / 1e6:0} MB{(isInTime ? "" : " MISSED: 2 000 ms")}"));
        return isInTime;
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("bandstand-kill-").FullName;

        public long Bytes => new DirectoryInfo(Path).GetFiles().Sum(file => file.Length);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
