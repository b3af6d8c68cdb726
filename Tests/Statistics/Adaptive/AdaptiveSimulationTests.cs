using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Adaptive;

/// <summary>
/// Small seeded simulations of Thompson sampling between equals, floor 1 %, 50 batches of 200, a look after each. Beside the methods that
/// allow for weights that follow the data stands the one that does not, so that each test is known to be able to fail. The full ones are in
/// docs/statistics.md.
/// </summary>
public class AdaptiveSimulationTests
{
    private const int Runs = 200;

    [Theory]
    [InlineData(0.1, 0.1, 0.25)]
    [InlineData(0.05, 0.15, 0.9)]
    public void Equal_conversions_are_no_difference_even_while_their_rate_drifts(double first, double last, double naive)
    {
        var errors = Simulate(MetricKind.Conversion, first, last, isLate: false);
        Holds(errors, naive);
    }

    [Fact]
    public void Conversions_that_come_late_are_no_difference() =>
        Assert.InRange(Simulate(MetricKind.Conversion, 0.1, 0.1, isLate: true).Sequential, 0, Most(0.05));

    [Fact]
    public void Equal_skewed_values_are_no_difference_while_more_and_more_people_buy() =>
        Holds(Simulate(MetricKind.Value, 0.1, 0.3, isLate: false), 0.9);

    private static void Holds(Errors errors, double naive)
    {
        Assert.InRange(errors.Sequential, 0, Most(0.05));
        Assert.InRange(errors.Stratified, 0, Most(0.075));
        Assert.InRange(errors.Weighted, 0, Most(0.075));
        Assert.Equal(0, errors.Mismatches);
        Assert.InRange(errors.Naive, naive, 1);
    }

    /// <summary>A share and two Monte-Carlo errors.</summary>
    private static double Most(double share) => share + (2 * Math.Sqrt(share * (1 - share) / Runs));

    private static Errors Simulate(MetricKind kind, double first, double last, bool isLate)
    {
        var errors = default(Errors);
        for (var run = 0; run < Runs; run++)
        {
            var bandit = new Bandit(new Random(run), kind, isLate);
            bool sequential = false, naive = false;
            for (var b = 0; b < 50; b++)
            {
                bandit.Next(first + ((last - first) * b / 49));
                sequential |= new SequentialComparison(kind, 0.95).PValue(bandit.Arm(1), bandit.Arm(0)).TryGet(out var p, out _) && p <= 0.05;
                naive |= SequenceTest.Pooled(bandit.Arm(1), bandit.Arm(0), kind).TryGet(out var test, out _) && Normal.TwoSided(test.Z) <= 0.05;
            }

            var epochs = new PairEpochs(bandit.Arm(1), bandit.Arm(0), kind).Epochs;
            errors = new Errors(
                errors.Sequential + Share(sequential),
                errors.Naive + Share(naive),
                errors.Stratified + Share(Misses(StratifiedDifference.OfEverybody(epochs).Value)),
                errors.Weighted + Share(Misses(WeightedDifference.Adaptive(epochs).Value)),
                errors.Mismatches + Share(SampleRatioCheck.Of([bandit.Arm(0), bandit.Arm(1)]).Mismatch));
        }

        return errors;

        static double Share(bool counts) => counts ? 1.0 / Runs : 0;

        static bool Misses(WeightedEstimate difference) => Math.Abs(difference.Value) > 1.959964 * difference.StandardError;
    }

    private readonly record struct Errors(double Sequential, double Naive, double Stratified, double Weighted, double Mismatches);

    private sealed class Bandit(Random random, MetricKind kind, bool isLate)
    {
        private readonly List<ArmEpoch>[] epochs = [[], []];
        private readonly List<(int Arm, int Epoch)> pending = [];

        public void Next(double rate)
        {
            var weight = epochs[0].Count == 0 ? 0.5 : Math.Clamp(Scorer.ProbabilityBest([Arm(0), Arm(1)], 1, kind)[1], 0.01, 0.99);
            epochs[0].Add(new ArmEpoch(1 - weight, 0, 0));
            epochs[1].Add(new ArmEpoch(weight, 0, 0));
            for (var i = 0; i < 200; i++)
            {
                var arm = random.NextDouble() < weight ? 1 : 0;
                var epoch = epochs[arm][^1];
                epochs[arm][^1] = epoch with { Participants = epoch.Participants + 1, Totals = epoch.Totals.Add(0) };
                if (random.NextDouble() < rate)
                {
                    pending.Add((arm, epochs[arm].Count - 1));
                }
            }

            // At once, or a tenth of those who will convert with every batch.
            for (var i = pending.Count - 1; i >= 0; i--)
            {
                if (!isLate || random.NextDouble() < 0.1)
                {
                    var (arm, e) = pending[i];
                    var epoch = epochs[arm][e];
                    epochs[arm][e] = epoch with { Converted = epoch.Converted + 1, Totals = epoch.Totals.Replace(0, Math.Exp(Normal.Quantile(1 - random.NextDouble()))) };
                    pending.RemoveAt(i);
                }
            }
        }

        public ArmData Arm(int arm)
        {
            long participants = epochs[arm].Sum(e => e.Participants), converted = epochs[arm].Sum(e => e.Converted);
            var totals = epochs[arm].Aggregate(default(Moments), (sum, e) => sum + e.Totals);
            return new ArmData(arm == 0 ? "a" : "b", "1", participants, converted, converted, totals, Epochs: epochs[arm]);
        }
    }
}
