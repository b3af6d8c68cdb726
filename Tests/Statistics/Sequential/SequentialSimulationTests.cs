using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Tests.Statistics.Sequential;

/// <summary>
/// Small seeded simulations: how often a method that is looked at often sees a difference where there is none. Beside each stands a
/// method that does not hold, so that the test is known to be able to fail.
/// </summary>
public class SequentialSimulationTests
{
    private const int Runs = 200;

    /// <summary>5 % and two Monte-Carlo errors.</summary>
    private static readonly double Most = 0.05 + (2 * Math.Sqrt(0.05 * 0.95 / Runs));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Equal_conversions_are_called_different_in_at_most_one_of_twenty(double share)
    {
        var (sequential, naive) = Errors(random => new People(random, share), (people, random) => people.Arrive(random.NextDouble() < 0.1 ? 1 : 0), MetricKind.Conversion);
        Assert.InRange(sequential, 0, Most);
        Assert.InRange(naive, 0.25, 1);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Equal_skewed_values_are_called_different_in_at_most_one_of_twenty(double share)
    {
        var (sequential, naive) = Errors(
            random => new People(random, share),
            (people, random) => people.Arrive(random.NextDouble() < 0.2 ? Math.Exp(Normal.Quantile(1 - random.NextDouble())) : 0),
            MetricKind.Value);
        Assert.InRange(sequential, 0, Most);
        Assert.InRange(naive, 0.25, 1);
    }

    [Fact]
    public void Repeated_purchases_are_called_different_in_at_most_one_of_twenty()
    {
        var (sequential, naive) = Errors(
            random => new People(random, 0.5),
            (people, random) =>
            {
                people.Arrive(0);
                people.Buy(random.Next(people.Count), 1 - Math.Log(1 - random.NextDouble()));
            },
            MetricKind.Value);
        Assert.InRange(sequential, 0, Most);
        Assert.InRange(naive, 0.25, 1);
    }

    [Fact]
    public void Conversions_that_come_after_everybody_has_arrived_need_a_clock_of_conversions()
    {
        // 4 000 arrive at once, then all but a few convert one after the other. Counted in participants, time stands still while the
        // difference moves, and a boundary that is not moving is crossed in the end.
        const int More = 300;
        int byConverters = 0, byParticipants = 0;
        var still = new AsymptoticSequence(5000, 0.05);
        for (var run = 0; run < More; run++)
        {
            var people = new People(new Random(run), 0.5);
            for (var i = 0; i < 4000; i++)
            {
                people.Arrive(0);
            }

            bool ours = false, theirs = false;
            for (var i = 0; i < 3990; i++)
            {
                people.Buy(i, 1);
                if (i < 4)
                {
                    continue;
                }

                ours |= i % 10 == 0 && people.PValue(MetricKind.Conversion) <= 0.05;
                theirs |= still.Evidence(people.Z(), 4000).PValue <= 0.05;
            }

            byConverters += ours ? 1 : 0;
            byParticipants += theirs ? 1 : 0;
        }

        // The runs are the same every time: 13 and 34 of 300.
        Assert.InRange((double)byConverters / More, 0, Most);
        Assert.InRange((double)byParticipants / More, 0.09, 1);
    }

    [Fact]
    public void A_planned_lift_is_found_within_twice_the_sample_of_one_look()
    {
        // 10 % against 12 %: 3 841 in each alternative would find it with 80 % in one look.
        var found = Enumerable.Range(0, Runs).Count(run =>
        {
            var random = new Random(run);
            var people = new People(random, 0.5);
            var crossed = false;
            for (var n = 1; n <= 4 * 3841 && !crossed; n++)
            {
                people.Arrive(arm => random.NextDouble() < (arm == 1 ? 0.12 : 0.1) ? 1 : 0);
                crossed = n % 100 == 0 && people.PValue(MetricKind.Conversion) <= 0.05;
            }

            return crossed;
        });
        Assert.InRange((double)found / Runs, 0.8, 1);
    }

    [Fact]
    public void A_sample_ratio_under_a_ramp_is_no_mismatch_and_a_lossy_one_is()
    {
        int alarms = 0, found = 0;
        for (var run = 0; run < Runs; run++)
        {
            alarms += Ramp(new Random(run), lost: 0) ? 1 : 0;
            found += Ramp(new Random(run), lost: 0.15) ? 1 : 0;
        }

        Assert.InRange(alarms, 0, 1);
        Assert.InRange(found, 0.95 * Runs, Runs);
    }

    /// <summary>Ten epochs of 2 000 arrivals, the second alternative growing from 5 to 50 %; some of its participants are lost.</summary>
    private static bool Ramp(Random random, double lost)
    {
        var epochs = new List<(double[] Probabilities, long[] Counts)>();
        for (var e = 1; e <= 10; e++)
        {
            var counts = new long[2];
            epochs.Add(([1 - (0.05 * e), 0.05 * e], counts));
            for (var i = 1; i <= 2000; i++)
            {
                var arm = random.NextDouble() < 0.05 * e ? 1 : 0;
                counts[arm] += arm == 1 && random.NextDouble() < lost ? 0 : 1;
                if (i % 500 == 0 && AssignmentProcess.Evidence(epochs).PValue < 0.001)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static (double Sequential, double Naive) Errors(Func<Random, People> start, Action<People, Random> step, MetricKind kind)
    {
        int sequential = 0, naive = 0;
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var people = start(random);
            bool ours = false, theirs = false;
            for (var n = 1; n <= 6000; n++)
            {
                step(people, random);
                if (n % 100 == 0)
                {
                    ours |= people.PValue(kind) <= 0.05;
                    theirs |= Normal.TwoSided(people.Z()) <= 0.05;
                }
            }

            sequential += ours ? 1 : 0;
            naive += theirs ? 1 : 0;
        }

        return ((double)sequential / Runs, (double)naive / Runs);
    }

    /// <summary>Participants of two alternatives with their totals.</summary>
    private sealed class People(Random random, double share)
    {
        private readonly List<(int Arm, double Total)> all = [];
        private readonly Moments[] totals = new Moments[2];
        private readonly long[] converted = new long[2];

        public int Count => all.Count;

        public void Arrive(double total) => Arrive(_ => total);

        public void Arrive(Func<int, double> total)
        {
            var arm = random.NextDouble() < share ? 1 : 0;
            var number = total(arm);
            all.Add((arm, number));
            totals[arm] = totals[arm].Add(number);
            converted[arm] += number == 0 ? 0 : 1;
        }

        public void Buy(int who, double amount)
        {
            var (arm, total) = all[who];
            totals[arm] = totals[arm].Replace(total, total + amount);
            converted[arm] += total == 0 ? 1 : 0;
            all[who] = (arm, total + amount);
        }

        public double PValue(MetricKind kind)
        {
            var figure = new SequentialComparison(kind, 0.95).PValue(Arm(1, share), Arm(0, 1 - share));
            return figure.TryGet(out var p, out _) ? p : 1;
        }

        public double Z()
        {
            var variance = ((totals[0].Variance ?? 0) / Math.Max(1, totals[0].Count)) + ((totals[1].Variance ?? 0) / Math.Max(1, totals[1].Count));
            return variance > 0 ? (totals[1].Mean - totals[0].Mean) / Math.Sqrt(variance) : 0;
        }

        private ArmData Arm(int arm, double expected) =>
            new(arm == 0 ? "a" : "b", "1", totals[arm].Count, converted[arm], totals[arm].Total, totals[arm], expected);
    }
}
