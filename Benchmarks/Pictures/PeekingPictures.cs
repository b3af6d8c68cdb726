using Bandstand.Cli.Charts;
using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Benchmarks.Pictures;

/// <summary>What looking often does to equals.</summary>
internal static class PeekingPictures
{
    private const double Alpha = 0.05;

    /// <summary>The share of pairs of equals that was ever called different, by participants so far.</summary>
    public static Chart Peeking()
    {
        const int Runs = 400;
        const int Every = 100;
        const int Looks = 500;
        var (sequential, once) = (new int[Looks], new int[Looks]);
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var (participants, converted) = (new long[2], new long[2]);
            int firstSequential = Looks, firstOnce = Looks;
            for (var look = 0; look < Looks; look++)
            {
                for (var i = 0; i < Every; i++)
                {
                    var arm = random.Next(2);
                    participants[arm]++;
                    converted[arm] += random.NextDouble() < 0.1 ? 1 : 0;
                }

                ArmData[] arms = [.. participants.Select((n, i) => new ArmData(i == 0 ? "a" : "b", "0", n, converted[i], converted[i], default, 0.5))];
                firstSequential = Math.Min(firstSequential, Rejects(new SequentialComparison(MetricKind.Conversion, 1 - Alpha).PValue(arms[1], arms[0])) ? look : Looks);
                firstOnce = Math.Min(firstOnce, Rejects(new FixedComparison(MetricKind.Conversion, 1 - Alpha).PValue(arms[1], arms[0])) ? look : Looks);
            }

            Count(sequential, firstSequential);
            Count(once, firstOnce);
        }

        return new Chart(
            "Equal alternatives that were called different at some look",
            new("participants so far (a look at every 100)") { IsLogarithmic = true, From = 100, To = Looks * Every },
            new("share of experiments") { IsPercent = true, From = 0 },
            [Share("fixed: the one-look test, looked at often", once, Runs, look => (look + 1) * Every), Share("sequential", sequential, Runs, look => (look + 1) * Every)])
        {
            Subtitle = $"{Runs} seeded A/A experiments, conversions of 10 %; bands: 95 % Monte-Carlo error",
            Levels = [new(Alpha, "5 % were allowed")],
        };
    }

    /// <summary>All have arrived and convert one by one: a clock of participants stands still while the figures move.</summary>
    public static Chart Maturing()
    {
        const int Runs = 800;
        const int Half = 50_000;
        var still = new AsymptoticSequence(2 * Half, Alpha);

        // At every conversion at first, then whenever there are 2 % more.
        var looks = new List<int>();
        for (var n = 10; n <= 10_000; n = Math.Max(n + 1, (int)(1.02 * n)))
        {
            looks.Add(n);
        }

        var (converters, participants) = (new int[looks.Count], new int[looks.Count]);
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var converted = new long[2];
            var (firstConverters, firstParticipants, so) = (looks.Count, looks.Count, 0);
            for (var look = 0; look < looks.Count; look++)
            {
                for (; so < looks[look]; so++)
                {
                    converted[random.Next(2)]++;
                }

                Moments[] totals = [Moments.FromConversions(Half, converted[0]), Moments.FromConversions(Half, converted[1])];
                var z = (totals[1].Mean - totals[0].Mean) / Math.Sqrt((totals[0].Variance!.Value + totals[1].Variance!.Value) / Half);
                firstParticipants = Math.Min(firstParticipants, still.Evidence(z, 2 * Half).PValue <= Alpha ? look : looks.Count);
                ArmData[] data = [.. converted.Select((c, arm) => new ArmData(arm == 0 ? "a" : "b", "0", Half, c, c, default, 0.5))];
                firstConverters = Math.Min(firstConverters, Rejects(new SequentialComparison(MetricKind.Conversion, 1 - Alpha).PValue(data[1], data[0])) ? look : looks.Count);
            }

            Count(converters, firstConverters);
            Count(participants, firstParticipants);
        }

        return new Chart(
            "Outcomes mature: which clock still holds when everybody has arrived",
            new("conversions so far, of 100 000 participants who are all there") { IsLogarithmic = true, From = 10, To = 10_000 },
            new("equals that were called different") { IsPercent = true, From = 0, To = 0.12 },
            [
                Share("the sequence by a clock of participants", participants, Runs, look => looks[look]),
                Share("by a clock of conversions, as scores do", converters, Runs, look => looks[look]),
            ])
        {
            Subtitle = $"{Runs} seeded A/A experiments; bands: 95 % Monte-Carlo error",
            Levels = [new(Alpha, "5 % were allowed", IsLeft: true)],
        };
    }

    private static bool Rejects(Estimate<double> p) => p is { IsAvailable: true, Value: <= Alpha };

    private static void Count(int[] looks, int first)
    {
        if (first < looks.Length)
        {
            looks[first]++;
        }
    }

    private static ChartSeries Share(string name, int[] firsts, int runs, Func<int, int> at)
    {
        var points = new List<ChartPoint>();
        var so = 0;
        for (var look = 0; look < firsts.Length; look++)
        {
            so += firsts[look];

            // On a logarithmic axis most looks would lie on one another.
            if (points.Count == 0 || at(look) >= 1.05 * points[^1].X || look == firsts.Length - 1)
            {
                var interval = new Proportion(so, runs).WilsonInterval(0.95).Value;
                points.Add(new ChartPoint(at(look), (double)so / runs, interval.Lower, interval.Upper));
            }
        }

        return new ChartSeries(name, points);
    }
}
