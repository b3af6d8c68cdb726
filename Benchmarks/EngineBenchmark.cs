using Bandstand.Assignment;
using Bandstand.Benchmarks.Shards;
using Bandstand.Embedded;
using Bandstand.Ports;
using Bandstand.Statistics.Bayes;
using Bandstand.Storage;

namespace Bandstand.Benchmarks;

/// <summary>What does the engine cost, asked through <see cref="IExperiments"/> as every host asks it? Beside each figure its floor or a rival.</summary>
/// <remarks><c>engine [words…] [--full]</c>: only the figures whose names contain a word; <c>--full</c> counts the bytes of 10 M participants.</remarks>
internal static class EngineBenchmark
{
    private const int People = 1_000_000;
    private const int Window = 2_000;
    private const int Windows = 400;
    private const int Rounds = 8;

    private const string Definition = """
        {"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}
        """;

    /// <summary>Runs it.</summary>
    public static int Run(string[] args) => RunAsync([.. args.Where(arg => arg != "--full")], args.Contains("--full")).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] only, bool full)
    {
        var table = new FigureTable(only);
        FigureTable.PrintHead();
        await Assignments(table);
        await IngestBenchmark.Run(table);
        Best(table);
        return (table.Missed == 0 ? 0 : 1) | (full ? ShardMemory.Memory(10_000_000) : 0);
    }

    private static async Task Assignments(FigureTable table)
    {
        var strangers = Identities(random: false);
        const string hash = "plain hash: FNV-1a twice and a bucket";
        var begun = GrowthBookHash.Begin("price");
        table.Measure(hash, null, () => FigureTable.Best(Window, Windows, window =>
        {
            long sum = 0;
            foreach (var identity in strangers.AsSpan(window * Window, Window))
            {
                sum += GrowthBookHash.Bucket(begun, identity);
            }

            return sum;
        }, Touch(strangers), Rounds));
        await using (var engine = await Open(collect: false))
        {
            table.Measure("assignment without storing", 100, () => Ask(engine, strangers, Rounds), hash);
        }

        var known = Identities(random: true);
        var rival = Enumerable.Range(0, People).ToDictionary(Identity, number => number, StringComparer.Ordinal);
        const string dictionary = "dictionary of 1 M strings, one found";
        table.Measure(dictionary, null, () => FigureTable.Best(Window, Windows, window =>
        {
            long sum = 0;
            foreach (var identity in known.AsSpan(window * Window, Window))
            {
                sum += rival[identity];
            }

            return sum;
        }, Touch(known), Rounds));
        await using (var engine = await Open(collect: true))
        {
            await Enrol(engine);
            const string read = "one read of memory, at random in 32 MB";
            table.Measure(read, null, RandomRead);
            string[] few = [.. known.AsSpan(0, Window)];
            table.Measure("assignment, sticky, of the same 2 000 participants", 150, () => Ask(engine, [.. Enumerable.Repeat(few, Windows).SelectMany(some => some)], Rounds), dictionary);
            table.Measure("assignment, sticky, of 1 M participants at random", 150, () => Ask(engine, known, Rounds), read);
            table.Measure("assignment, new, journaled in memory", null, () => Ask(engine, [.. Enumerable.Range(People, Window * Windows).Select(Identity)], 1), dictionary);
        }
    }

    private static (double Ns, double Bytes) Ask(EmbeddedExperiments engine, string[] identities, int rounds) => FigureTable.Best(Window, Windows, window =>
    {
        long sum = 0;
        foreach (var identity in identities.AsSpan(window * Window, Window))
        {
            var asked = engine.Assign("price", new AssignmentRequest(identity));
            sum += asked.IsCompletedSuccessfully ? asked.Result.Value.Alternative.Length : 0;
        }

        return sum;
    }, Touch(identities), rounds);

    /// <summary>What no table of a million rows of 20 bytes and more can do without, unless the rows are in the cache by chance.</summary>
    private static (double Ns, double Bytes) RandomRead()
    {
        var memory = new long[(32 << 20) / sizeof(long)];
        Array.Fill(memory, 1); // A page that was never written is the same page of noughts for all.
        return FigureTable.Best(Window, Windows, window =>
        {
            var at = (uint)window;
            for (var read = 0; read < Window; read++)
            {
                // Each read waits for the one before.
                at = unchecked((at * 1_664_525) + 1_013_904_223 + (uint)memory[at % memory.Length]);
            }

            return at;
        });
    }

    private static Func<int, long> Touch(string[] identities) => window => identities.AsSpan(window * Window, Window).ToArray().Sum(identity => identity[^1]);

    private static void Best(FigureTable table)
    {
        BetaPosterior[] arms = [.. Enumerable.Range(0, 5).Select(arm => new BetaPosterior(101 + (3 * arm), 901 - (3 * arm)))];
        const string simulation = "P(best) of 5 arms by 10 000 normal draws";
        table.Measure(simulation, null, () => FigureTable.Best(1, 20, window => (long)(1e6 * Simulate(arms, new Random(window))[4])));
        table.Measure("P(best) of 5 arms, exact", null, () => FigureTable.Best(10, 200, _ =>
        {
            long sum = 0;
            for (var i = 0; i < 10; i++)
            {
                sum += (long)(1e6 * BayesianComparison.Of(arms).ProbabilityBest[4]);
            }

            return sum;
        }, rounds: Rounds), simulation);
    }

    /// <summary>What most do: two digits of what the quadrature gives with twelve.</summary>
    private static double[] Simulate(BetaPosterior[] arms, Random random)
    {
        const int Draws = 10_000;
        var wins = new double[arms.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            var best = 0;
            var most = double.MinValue;
            for (var arm = 0; arm < arms.Length; arm++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                var value = arms[arm].Mean + (arms[arm].StandardDeviation * normal);
                if (value > most)
                {
                    (best, most) = (arm, value);
                }
            }

            wins[best] += 1.0 / Draws;
        }

        return wins;
    }

    private static async Task<EmbeddedExperiments> Open(bool collect)
    {
        var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore(), new EmbeddedOptions { Collect = collect, SnapshotBytes = long.MaxValue });
        await engine.Define("price", Definition);
        return engine;
    }

    /// <summary>Makes everybody a participant.</summary>
    internal static async Task Enrol(IExperiments engine)
    {
        foreach (var some in Enumerable.Range(0, People).Select(number => new AssignmentRequest(Identity(number))).Chunk(10_000))
        {
            _ = (await engine.AssignMany("price", some)).Value;
        }
    }

    internal static string Identity(int number) => $"user-{number:00000000}";

    /// <summary>Whom the windows ask for: as strings in the order of asking.</summary>
    private static string[] Identities(bool random)
    {
        var draw = new Random(1);
        return [.. Enumerable.Range(0, Window * Windows).Select(number => Identity(random ? draw.Next(People) : number))];
    }
}
