using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks;

/// <summary>How often does a method that is looked at every 100 participants call a difference where there is none?</summary>
/// <remarks>Seeded: the same arguments give the same counts. Beside each figure stands that of the method that does not allow for looking.</remarks>
internal static class SimulationBenchmark
{
    private const double Alpha = 0.05;

    /// <summary>What a participant of a scenario does.</summary>
    private enum Outcomes
    {
        Conversions,
        Late,
        Skewed,
        Repeated,
    }

    /// <summary>Runs every scenario, or those whose name contains a word.</summary>
    /// <param name="args">Runs (default 3000), participants (default 100000), a word (default: all).</param>
    public static int Run(string[] args)
    {
        var runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3000;
        var most = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        var word = args.Length > 2 ? args[2] : string.Empty;
        Console.WriteLine($"{runs} runs, a look every 100 participants to {most}; nominal 5 % (sample ratios 0.1 %)");
        Console.WriteLine("scenario                                   sequential   one-look method   2 s.e.");
        (string Name, Outcomes Outcomes, double Share, double Rate, double Lift)[] scenarios =
        [
            ("A/A conversions 10 %, 50/50", Outcomes.Conversions, 0.5, 0.1, 0),
            ("A/A conversions 10 %, 90/10", Outcomes.Conversions, 0.1, 0.1, 0),
            ("A/A conversions 1 %, 50/50", Outcomes.Conversions, 0.5, 0.01, 0),
            ("A/A late conversions 10 %, 50/50", Outcomes.Late, 0.5, 0.1, 0),
            ("A/A skewed values, 50/50", Outcomes.Skewed, 0.5, 0.2, 0),
            ("A/A skewed values, 90/10", Outcomes.Skewed, 0.1, 0.2, 0),
            ("A/A repeated purchases, 50/50", Outcomes.Repeated, 0.5, 0.2, 0),
        ];
        foreach (var s in scenarios.Where(s => s.Name.Contains(word, StringComparison.Ordinal)))
        {
            int sequential = 0, naive = 0, ratio = 0, chiSquare = 0;
            for (var run = 0; run < runs; run++)
            {
                var result = Once(new Random(1000 + run), s.Outcomes, s.Share, s.Rate, s.Lift, most);
                sequential += result.Sequential ? 1 : 0;
                naive += result.Naive ? 1 : 0;
                ratio += result.Ratio ? 1 : 0;
                chiSquare += result.ChiSquare ? 1 : 0;
            }

            Print(s.Name, sequential, naive, runs, 0.05);
            if (s.Outcomes == Outcomes.Conversions && s.Rate == 0.1)
            {
                Print("  sample ratio (chi-square beside it)", ratio, chiSquare, runs, 0.001);
            }
        }

        if ("power".Contains(word, StringComparison.Ordinal))
        {
            Power(runs);
        }

        if ("Thompson".Contains(word, StringComparison.Ordinal))
        {
            Thompson("Thompson A/A 10 %, 50 × 200", runs, _ => 0.1);
            Thompson("Thompson A/A drifting 5 to 15 %", runs, t => 0.05 + (0.1 * t));
        }

        return 0;
    }

    private static void Print(string name, int ours, int naive, int runs, double level) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-42} {100.0 * ours / runs,9:0.00} % {100.0 * naive / runs,15:0.00} % {200 * Math.Sqrt(level * (1 - level) / runs),8:0.00} %"));

    private static (bool Sequential, bool Naive, bool Ratio, bool ChiSquare) Once(
        Random random, Outcomes outcomes, double share, double rate, double lift, int most)
    {
        var kind = outcomes is Outcomes.Conversions or Outcomes.Late ? MetricKind.Conversion : MetricKind.Value;
        var comparison = new SequentialComparison(kind, 1 - Alpha);
        Moments[] totals = new Moments[2];
        long[] participants = new long[2], converted = new long[2];
        var people = outcomes == Outcomes.Repeated ? new List<(int Arm, double Total)>() : null;
        var due = outcomes == Outcomes.Late ? new PriorityQueue<int, double>() : null;
        bool sequential = false, naive = false, ratio = false, chiSquare = false;
        for (var n = 1; n <= most; n++)
        {
            var arm = random.NextDouble() < share ? 1 : 0;
            participants[arm]++;
            var chance = rate * (arm == 1 ? 1 + lift : 1);
            switch (outcomes)
            {
                case Outcomes.Conversions:
                    converted[arm] += random.NextDouble() < chance ? 1 : 0;
                    break;
                case Outcomes.Late:
                    // An exponential delay of 5 000 arrivals on average.
                    if (random.NextDouble() < chance)
                    {
                        due!.Enqueue(arm, n - (5000 * Math.Log(1 - random.NextDouble())));
                    }

                    while (due!.TryPeek(out var late, out var at) && at <= n)
                    {
                        due.Dequeue();
                        converted[late]++;
                    }

                    break;
                case Outcomes.Skewed:
                    // A fifth buy, for lognormal sums with σ = 1: skewness 6 among buyers.
                    var bought = random.NextDouble() < chance;
                    converted[arm] += bought ? 1 : 0;
                    totals[arm] = totals[arm].Add(bought ? Math.Exp(Normal.Quantile(1 - random.NextDouble())) : 0);
                    break;
                default:
                    // One of all who came so far buys again with every arrival: totals grow for ever, the early ones most.
                    people!.Add((arm, 0));
                    totals[arm] = totals[arm].Add(0);
                    var who = random.Next(people.Count);
                    var (theirs, total) = people[who];
                    var now = total + 1 - Math.Log(1 - random.NextDouble());
                    totals[theirs] = totals[theirs].Replace(total, now);
                    converted[theirs] += total == 0 ? 1 : 0;
                    people[who] = (theirs, now);
                    break;
            }

            if (n % 100 != 0)
            {
                continue;
            }

            var control = Arm("a", 0, 1 - share);
            var treatment = Arm("b", 1, share);
            sequential |= !sequential && comparison.PValue(treatment, control).TryGet(out var p, out _) && p <= Alpha;
            naive |= !naive && OneLook(kind, treatment, control) <= Alpha;
            if (outcomes == Outcomes.Conversions && (!ratio || !chiSquare))
            {
                double expected = n * share, off = participants[1] - expected;
                chiSquare |= ChiSquare.Survival((off * off / expected) + (off * off / (n - expected)), 1) < 0.001;
                ratio |= AssignmentProcess.Evidence([([1 - share, share], [participants[0], participants[1]])]).PValue < 0.001;
            }
        }

        return (sequential, naive, ratio, chiSquare);

        ArmData Arm(string key, int arm, double expected) =>
            new(key, "1", participants[arm], converted[arm], converted[arm], totals[arm], expected);
    }

    /// <summary>A z-test by the present figures, as if nobody had looked before.</summary>
    private static double OneLook(MetricKind kind, ArmData one, ArmData two)
    {
        if (Math.Min(one.Participants, two.Participants) < 2)
        {
            return 1;
        }

        var (x, y) = kind == MetricKind.Conversion
            ? (Moments.FromConversions(one.Participants, one.Converted), Moments.FromConversions(two.Participants, two.Converted))
            : (one.Totals, two.Totals);
        var variance = (x.Variance!.Value / x.Count) + (y.Variance!.Value / y.Count);
        return variance > 0 ? Normal.TwoSided((x.Mean - y.Mean) / Math.Sqrt(variance)) : 1;
    }

    /// <summary>How often a planned lift is found within so many times the sample that one planned look would need.</summary>
    private static void Power(int runs)
    {
        foreach (var (rate, lift) in new[] { (0.1, 0.1), (0.1, 0.2), (0.05, 0.1) })
        {
            var other = rate * (1 + lift);
            var middle = (rate + other) / 2;
            var root = (1.959964 * Math.Sqrt(2 * middle * (1 - middle))) + (0.841621 * Math.Sqrt((rate * (1 - rate)) + (other * (1 - other))));
            var planned = 2 * (int)Math.Ceiling(root * root / ((other - rate) * (other - rate)));
            var found = Enumerable.Range(0, runs).Count(run => Once(new Random(5000 + run), Outcomes.Conversions, 0.5, rate, lift, 2 * planned).Sequential);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"power: {100 * rate} % + {100 * lift} %, by twice the {planned} of one look: {100.0 * found / runs:0.0} %"));
        }
    }

    /// <summary>Thompson sampling between equals, 50 batches of 200, floor 1 %, a look after every batch.</summary>
    private static void Thompson(string name, int runs, Func<double, double> rate)
    {
        int sequential = 0, naive = 0, ratio = 0;
        for (var run = 0; run < runs; run++)
        {
            var random = new Random(9000 + run);
            var comparison = new SequentialComparison(MetricKind.Conversion, 1 - Alpha);
            List<ArmEpoch>[] epochs = [[], []];
            bool crossed = false, fooled = false, mismatch = false;
            for (var batch = 0; batch < 50; batch++)
            {
                ArmData[] arms = [Sum("a", epochs[0]), Sum("b", epochs[1])];
                var weight = Math.Clamp(Math.Round(Scorer.ProbabilityBest(arms, 1, MetricKind.Conversion)[1], 4), 0.01, 0.99);
                long[] n = new long[2], x = new long[2];
                for (var i = 0; i < 200; i++)
                {
                    var arm = random.NextDouble() < weight ? 1 : 0;
                    n[arm]++;
                    x[arm] += random.NextDouble() < rate(((batch * 200) + i) / 10_000.0) ? 1 : 0;
                }

                epochs[0].Add(new ArmEpoch(1 - weight, n[0], x[0]));
                epochs[1].Add(new ArmEpoch(weight, n[1], x[1]));
                arms = [Sum("a", epochs[0]), Sum("b", epochs[1])];
                crossed |= comparison.PValue(arms[1], arms[0]).TryGet(out var p, out _) && p <= Alpha;
                fooled |= OneLook(MetricKind.Conversion, arms[1], arms[0]) <= Alpha;
                mismatch |= SampleRatioCheck.Of(arms).Mismatch;
            }

            sequential += crossed ? 1 : 0;
            naive += fooled ? 1 : 0;
            ratio += mismatch ? 1 : 0;
        }

        Print(name, sequential, naive, runs, 0.05);
        Print("  sample ratio", ratio, ratio, runs, 0.001);

        static ArmData Sum(string key, List<ArmEpoch> epochs)
        {
            long participants = epochs.Sum(e => e.Participants), converted = epochs.Sum(e => e.Converted);
            return new ArmData(key, "1", participants, converted, converted, Moments.FromConversions(participants, converted), Epochs: epochs);
        }
    }
}
