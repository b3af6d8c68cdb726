using System.Diagnostics;
using System.Globalization;
using Bandstand.Tests.Kill;

namespace Bandstand.Benchmarks;

/// <summary>
/// Kills one of three silos under load ten times over, with a million participants in each of four shards, and holds the cluster to what it
/// acknowledged. All shards must answer again within five seconds.
/// </summary>
/// <remarks>
/// <c>cluster-kill --silo PATH [--kills N] [--seed N] [--participants N] [--rest MS]</c>. Callers rest between two requests, so that at
/// most half of the processors is used; how much it was is said.
/// </remarks>
internal static class ClusterKillBenchmark
{
    private const int Silos = 3;
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(5);

    /// <summary>Runs it.</summary>
    public static int Run(string[] args) => ClusterBenchmark.SiloPath(args) is { } silo
        ? RunAsync(silo, Number(args, "--kills", 10), Number(args, "--seed", 1), Number(args, "--participants", 4_000_000), Number(args, "--rest", 100)).GetAwaiter().GetResult()
        : 2;

    private static async Task<int> RunAsync(string silo, int kills, int seed, int participants, int rest)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        var folder = Directory.CreateTempSubdirectory("bandstand-cluster-").FullName;
        try
        {
            using var cluster = new MortalCluster(silo, folder, Silos, seed, patience.Token);
            var (from, used) = (0L, TimeSpan.Zero);
            var plan = new KillPlan
            {
                Assembly = silo,
                Folder = folder,
                Seed = seed,
                Kills = kills,
                MostRequests = 200,
                Participants = participants,
                Rest = TimeSpan.FromMilliseconds(rest),
                Report = line =>
                {
                    Console.WriteLine(line);
                    if (from == 0)
                    {
                        // From the first kill on: what came before was the enrolment.
                        (from, used) = (Stopwatch.GetTimestamp(), cluster.ProcessorTime);
                    }
                    else if (cluster.Gaps.Count == kills && line.StartsWith("kill", StringComparison.Ordinal))
                    {
                        var share = (cluster.ProcessorTime - used) / Stopwatch.GetElapsedTime(from) / Environment.ProcessorCount;
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the silos used {share:P0} of {Environment.ProcessorCount} processors between the first kill and the last"));
                    }
                },
            };
            await new KillRun(plan, cluster, patience.Token).Run();
            var gaps = cluster.Gaps.Order().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills, seed {seed}, {participants:N0} participants in four shards: every acknowledged event counted once, nobody in two alternatives."));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"All shards answered again after {gaps[0].TotalMilliseconds:N0} to {gaps[^1].TotalMilliseconds:N0} ms, median {gaps[gaps.Count / 2].TotalMilliseconds:N0} ms{(gaps[^1] <= Goal ? "" : " MISSED: 5 000 ms")}."));
            return gaps[^1] <= Goal ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
