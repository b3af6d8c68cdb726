using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

/// <summary>Scores of data whose assignment probabilities changed.</summary>
public class AdaptiveScoreTests
{
    [Theory]
    [InlineData(MetricKind.Conversion)]
    [InlineData(MetricKind.Value)]
    public void The_best_is_who_was_better_in_each_epoch_and_not_who_got_the_good_times(MetricKind kind)
    {
        // b has 13.0 % over all against 7 % of a, yet a is better in both epochs: 6 % to 4 %, 16 % to 14 %.
        var arms = Two(kind, [(0.9, 36_000, 2160, 4000, 160), (0.1, 4000, 640, 36_000, 5040)]);
        var honest = Scorer.Score(arms, Request(ScoreMethod.Sequential, kind, probability: 95));
        Assert.Equal(("a", "a"), (honest.Best, honest.Choice));
        Assert.InRange(honest.Alternatives[1].Lift!.Upper, -0.5, -0.01);
        var pooled = Scorer.Score(arms, Request(ScoreMethod.Fixed, kind, probability: 95));
        Assert.Equal(("b", "b"), (pooled.Best, pooled.Choice));
        Assert.Contains(pooled.Warnings, w => w.Code == ScoreCodes.AdaptiveAllocation);
        Assert.DoesNotContain(honest.Warnings, w => w.Code == ScoreCodes.AdaptiveAllocation);

        var row = honest.Alternatives[1].Adaptive!;
        Assert.Equal(2, row.Epochs);
        Assert.All(
            new[] { row.Sequence!, row.Stratified!, row.InverseProbability!, row.AdaptivelyWeighted! },
            estimate => Assert.InRange(estimate.Estimate, -0.021, -0.019));
        Assert.Equal(-0.02, row.Mean!.Value - honest.Alternatives[0].Adaptive!.Mean!.Value, 1e-9);
        Assert.True(row.Sequence!.Lower < row.AdaptivelyWeighted!.Lower, "a sequence is wider than an interval for one look");
        Assert.Equal(row, pooled.Alternatives[1].Adaptive! with { Unavailable = row.Unavailable });
    }

    [Fact]
    public void A_lift_of_values_excludes_no_lift_exactly_when_the_p_value_does()
    {
        var both = new HashSet<bool>();
        for (var more = -60; more <= 60; more += 5)
        {
            var row = Scorer.Score(Two(MetricKind.Value, [(0.5, 1000, 150, 1000, 150 + more), (0.2, 400, 60, 1600, 240 + more)]), Request(ScoreMethod.Sequential, MetricKind.Value)).Alternatives[1];
            Assert.Equal(row.PValue > 0.05, row.Lift!.Lower <= 0 && row.Lift.Upper >= 0);
            Assert.Equal(row.PValue > 0.05, row.Adaptive!.Sequence!.Lower <= 0 && row.Adaptive.Sequence.Upper >= 0);
            both.Add(row.PValue > 0.05);
        }

        Assert.Equal(2, both.Count);
    }

    [Theory]
    [InlineData(MetricKind.Conversion)]
    [InlineData(MetricKind.Value)]
    public void Another_order_of_alternatives_or_direction_gives_the_same_figures(MetricKind kind)
    {
        var arms = Three(kind);
        var there = Scorer.Score(arms, Request(ScoreMethod.Sequential, kind));
        var back = Scorer.Score([.. arms.Reverse()], Request(ScoreMethod.Sequential, kind));
        Assert.Equal(there.BestPValue!.Value, back.BestPValue!.Value, 1e-9);
        foreach (var row in there.Alternatives)
        {
            var same = back.Alternatives.Single(r => r.Alternative == row.Alternative);
            Assert.Equal(row.PValue ?? -1, same.PValue ?? -1, 1e-9);
            Assert.Equal(row.Adaptive!.Mean!.Value, same.Adaptive!.Mean!.Value, 1e-9);
            Assert.Equal(row.Adaptive.Stratified?.Estimate ?? 0, same.Adaptive.Stratified?.Estimate ?? 0, 1e-12);
            Assert.Equal(row.Adaptive.AdaptivelyWeighted?.Lower ?? 0, same.Adaptive.AdaptivelyWeighted?.Lower ?? 0, 1e-12);
        }

        // What is better with fewer is what is better with more, of the mirrored totals.
        var less = Scorer.Score(arms, Request(ScoreMethod.Sequential, kind, sign: -1));
        Assert.Equal(there.Alternatives[1].PValue, less.Alternatives[1].PValue);
        Assert.Equal("a", there.Best);
        Assert.Equal("c", less.Best);
    }

    [Fact]
    public void Split_epochs_with_the_same_weights_give_the_figures_of_the_whole()
    {
        var whole = Scorer.Score(Three(MetricKind.Value), Request(ScoreMethod.Sequential, MetricKind.Value));
        var split = Scorer.Score([.. Three(MetricKind.Value).Select(arm => arm with { Totals = Merged(arm) })], Request(ScoreMethod.Sequential, MetricKind.Value));
        Assert.All(whole.Alternatives.Zip(split.Alternatives), pair =>
        {
            Assert.Equal(pair.First.PValue ?? -1, pair.Second.PValue ?? -1, 1e-9);
            Assert.Equal(pair.First.Lift?.Lower ?? 0, pair.Second.Lift?.Lower ?? 0, 1e-9);
        });

        // The totals of an alternative are those of its epochs, added in another order.
        static Moments Merged(ArmData arm) => arm.Epochs!.Reverse().Aggregate(default(Moments), (sum, e) => e.Totals + sum);
    }

    [Fact]
    public void Epochs_whose_totals_are_missing_are_refused() => Assert.Throws<ArgumentException>(() => Scorer.Score(
        [.. Three(MetricKind.Value).Select(arm => arm with { Epochs = [.. arm.Epochs!.Select(e => e with { Totals = default })] })],
        Request(ScoreMethod.Sequential, MetricKind.Value)));

    private static ArmData[] Two(MetricKind kind, (double Share, long N, long X, long M, long Y)[] epochs) =>
    [
        Arm("a", kind, [.. epochs.Select(e => (e.Share, e.N, e.X))]),
        Arm("b", kind, [.. epochs.Select(e => (1 - e.Share, e.M, e.Y))]),
    ];

    private static ArmData[] Three(MetricKind kind) =>
    [
        Arm("a", kind, [(0.4, 800, 200), (0.2, 400, 160), (0.5, 1000, 150)]),
        Arm("b", kind, [(0.4, 800, 170), (0.5, 1000, 340), (0.3, 600, 80)]),
        Arm("c", kind, [(0.2, 400, 70), (0.3, 600, 190), (0.2, 400, 50)]),
    ];

    /// <summary>An alternative by epoch: probability, participants, converted; as a value metric everybody's total is 0 or 1.</summary>
    private static ArmData Arm(string key, MetricKind kind, (double Probability, long Participants, long Converted)[] epochs)
    {
        long participants = epochs.Sum(e => e.Participants), converted = epochs.Sum(e => e.Converted);
        var parts = epochs.Select(e => new ArmEpoch(e.Probability, e.Participants, e.Converted, kind == MetricKind.Value ? Moments.FromConversions(e.Participants, e.Converted) : default)).ToList();
        return new ArmData(key, "1", participants, converted, converted, Moments.FromConversions(participants, converted), Epochs: parts);
    }
}
