using Bandstand.Allocation;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Scoring;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

/// <summary>Experiments that were recorded while segments had weights of their own.</summary>
public class RecordedSegmentsTests
{
    private static readonly string[] Segments = ["country:DE", "country:FR"];

    // By segment and alternative; what the others do, who have no weights of their own, comes last.
    private static readonly double[][] Rates = [[0.30, 0.24], [0.05, 0.09], [0.15, 0.15]];

    [Fact]
    public void A_bandit_decides_once_for_all_epochs_of_a_decision()
    {
        var recorded = Recorded("conversion", [
            [(null, 0.5, 100, 30, 100, 40)],
            [(Segments[0], 0.9, 90, 30, 10, 1), (Segments[1], 0.2, 20, 1, 80, 9), (null, 0.5, 50, 5, 50, 7)],
            [(Segments[1], 0.1, 10, 1, 90, 9), (null, 0.4, 40, 4, 60, 8)]]);
        Assert.Equal([1, 3, 2], recorded.Periods.Select(period => period.Count));

        var weights = RecordedPolicies.Weights(recorded, "thompson:burnIn=1").Value;
        Assert.Same(weights[1], weights[3]);
        Assert.Same(weights[4], weights[5]);

        // What is at the same time teaches nothing yet: only the first epoch is known to the three of the second decision.
        var later = recorded with { Epochs = [recorded.Epochs[0], .. Recorded("conversion", [[(null, 0.5, 1, 0, 1, 0)], [(Segments[0], 0.9, 90, 90, 10, 0), (Segments[1], 0.2, 20, 20, 80, 0), (null, 0.5, 50, 50, 50, 0)]]).Epochs.Skip(1)] };
        Assert.Equal(weights[1], RecordedPolicies.Weights(later, "thompson:burnIn=1").Value[1]);
    }

    [Theory]
    [InlineData("conversion")]
    [InlineData("value")]
    public void Who_was_given_more_to_the_better_segment_is_not_the_better_for_it(string kind)
    {
        // b is better in both segments, 35 to 30 % and 10 to 5 %; of everybody 28 % convert with a and 13 % with b.
        var recorded = Recorded(kind, [
            [(null, 0.5, 0, 0, 0, 0)],
            [(Segments[0], 0.9, 900, 270, 100, 35), (Segments[1], 0.1, 100, 5, 900, 90)],
            [(null, 0.5, 10, 1, 10, 1)]]);

        Assert.True(RecordedPolicies.Weights(recorded, "thompson:burnIn=1").Value[^1][1] > 0.9);

        // Each segment has half of the people: variances of the means are (1/900 + 1/100)/4, hence 360 participants' worth.
        var figures = RecordedPeriod.Figures(recorded, recorded.Periods[1]);
        Assert.Equal([360, 360], figures.Select(arm => arm.Moments.Count));
        Assert.Equal([0.175, 0.225], figures.Select(arm => arm.Moments.Mean), (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal([63, 81], figures.Select(arm => arm.Converted));
    }

    [Fact]
    public void An_alternative_without_anybody_in_a_segment_counts_by_the_others()
    {
        var recorded = Recorded("conversion", [[(Segments[0], 0.9, 90, 9, 0, 0), (null, 0.5, 50, 10, 50, 20)]]);

        var figures = RecordedPeriod.Figures(recorded, recorded.Periods[0]);
        Assert.Equal((50, 20), (figures[1].Moments.Count, figures[1].Converted));
        Assert.Equal(0, RecordedPeriod.Figures(Recorded("conversion", [[(Segments[0], 1, 90, 9, 0, 0), (null, 1, 50, 10, 0, 0)]]), [0, 1])[1].Moments.Count);
    }

    /// <summary>
    /// A world in which two countries and everybody else have weights of their own that chase their leaders, and all rates rise. Beside the estimates
    /// stands one that takes the epochs of a decision for one, so that the test is known to be able to fail.
    /// </summary>
    [Fact]
    public void Estimates_are_unbiased_and_intervals_hold_where_segments_had_weights_of_their_own()
    {
        const int Runs = 200;
        var errors = new Dictionary<string, Moments>();
        var missed = new Dictionary<string, int>();
        var pooled = default(Moments);
        for (var run = 0; run < Runs; run++)
        {
            var recorded = Live(new Random(1_000_000 + (7919 * run)));
            foreach (var policy in new[] { "always:b", "equal", "thompson:burnIn=20" })
            {
                var weights = RecordedPolicies.Weights(recorded, policy).Value;
                var estimate = PolicyValue.Of(recorded.Logged, weights);
                var (value, error) = (estimate.SelfNormalised.Value, estimate.InverseProbability.Value.Value - Truth(recorded, weights));
                errors[policy] = errors.GetValueOrDefault(policy).Add(error);
                missed[policy] = missed.GetValueOrDefault(policy) + (Math.Abs(value.Value - Truth(recorded, weights)) > 1.96 * value.StandardError ? 1 : 0);
            }

            IReadOnlyList<IReadOnlyList<double>> always = [.. recorded.Periods.Select(_ => new[] { 0.0, 1 })];
            pooled = pooled.Add(PolicyValue.Of(Pooled(recorded), always).InverseProbability.Value.Value - Truth(recorded, RecordedPolicies.Weights(recorded, "always:b").Value));
        }

        Assert.All(errors.Values, error => Assert.InRange(Bias(error), -3.5, 3.5));
        Assert.All(missed.Values, count => Assert.InRange((double)count / Runs, 0.015, 0.095));
        Assert.True(Math.Abs(Bias(pooled)) > 10, $"{Bias(pooled)}");

        static double Bias(Moments error) => error.Mean / error.StandardDeviation!.Value * Math.Sqrt(error.Count);
    }

    private static double Rate(int period, int segment, int arm) => Rates[segment][arm] + (0.03 * period);

    private static RecordedExperiment Live(Random random)
    {
        var periods = new List<(string? Segment, double A, int InA, int FromA, int InB, int FromB)[]>();
        var sums = new double[3, 2, 2];
        for (var period = 0; period < 5; period++)
        {
            double[] chances = [.. Enumerable.Range(0, 3).Select(s => period == 0 ? 0.5 : Mean(s, 0) > Mean(s, 1) ? 0.85 : 0.15)];
            var cells = new int[3, 2, 2];
            for (var person = 0; person < 400; person++)
            {
                var segment = random.Next(10) switch { < 3 => 0, < 7 => 1, _ => 2 };
                var arm = random.NextDouble() < chances[segment] ? 0 : 1;
                var converts = random.NextDouble() < Rate(period, segment, arm) ? 1 : 0;
                cells[segment, arm, 0]++;
                cells[segment, arm, 1] += converts;
                sums[segment, arm, 0]++;
                sums[segment, arm, 1] += converts;
            }

            periods.Add([.. Enumerable.Range(0, 3).Select(s => (s < 2 ? Segments[s] : null, chances[s], cells[s, 0, 0], cells[s, 0, 1], cells[s, 1, 0], cells[s, 1, 1]))]);
        }

        return Recorded("conversion", [.. periods]);

        double Mean(int segment, int arm) => sums[segment, arm, 0] == 0 ? 0 : sums[segment, arm, 1] / sums[segment, arm, 0];
    }

    private static double Truth(RecordedExperiment recorded, IReadOnlyList<IReadOnlyList<double>> weights)
    {
        double sum = 0, all = 0;
        for (var e = 0; e < recorded.Epochs.Count; e++)
        {
            var people = recorded.Epochs[e].Sum(arm => arm.Participants);
            all += people;
            sum += people * weights[e].Select((w, k) => w * Rate(e / 3, e % 3, k)).Sum();
        }

        return sum / all;
    }

    private static LoggedEpoch[] Pooled(RecordedExperiment recorded) =>
    [
        .. recorded.Periods.Select(period =>
        {
            var logged = period.Select(e => recorded.Logged[e]).ToList();
            double all = logged.Sum(epoch => epoch.Participants);
            return new LoggedEpoch(
                [.. Enumerable.Range(0, 2).Select(k => logged.Sum(epoch => epoch.Probabilities[k] * epoch.Participants) / all)],
                [.. Enumerable.Range(0, 2).Select(k => logged.Aggregate(default(Moments), (sum, epoch) => sum + epoch.Arms[k]))]);
        }),
    ];

    /// <summary>By decision and epoch: whose it is, the probability of a, and who was in a and b and converted.</summary>
    private static RecordedExperiment Recorded(string kind, (string? Segment, double A, int InA, int FromA, int InB, int FromB)[][] decisions)
    {
        var number = 0;
        var definition = Scenario.Define($$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"m","kind":"{{kind}}"}]}""");
        return new(definition, [.. decisions.SelectMany((epochs, d) => epochs.Select(e =>
        {
            var origin = new EpochOrigin(number++, d + 1, e.Segment);
            return new[] { Arm(e.A, e.InA, e.FromA), Arm(1 - e.A, e.InB, e.FromB) };
            ArmEpoch Arm(double p, int n, int c) => new(p, n, c, Moments.FromConversions(n, c)) { Origin = origin };
        }))]);
    }
}
