using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Tests.Statistics.Adaptive;

public class AdaptiveEstimateTests
{
    /// <summary>5 % convert while the first gets one in ten, 15 % while it gets nine in ten: no difference in either period.</summary>
    private static readonly PairEpoch[] Drift =
    [
        new(0.1, Moments.FromConversions(1000, 50), Moments.FromConversions(9000, 450)),
        new(0.9, Moments.FromConversions(9000, 1350), Moments.FromConversions(1000, 150)),
    ];

    [Fact]
    public void A_base_rate_that_moved_with_the_weights_is_no_difference()
    {
        Assert.Equal(0, StratifiedDifference.OfEverybody(Drift).Value.Value, 1e-15);
        var (arm, other) = StratifiedDifference.LeastVariance(Drift).Value;
        Assert.Equal(arm.Value, other.Value, 1e-15);
        Assert.InRange(Math.Abs(WeightedDifference.Adaptive(Drift).Value.Value), 0, 1e-15);
        Assert.InRange(Math.Abs(WeightedDifference.InverseProbability(Drift).Value.Value), 0, 1e-15);
        Assert.Equal([0.1, 0.1], AdjustedMeans.Of([.. Drift.Select(e => new[] { e.Arm, e.Other })]).Select(m => Math.Round(m, 9)));
    }

    [Fact]
    public void With_one_epoch_all_are_the_difference_of_the_means()
    {
        PairEpoch[] one = [new(0.5, Moments.FromConversions(1000, 120), Moments.FromConversions(1000, 100))];
        var variance = ((0.12 * 0.88) + (0.1 * 0.9)) / 999;
        Assert.All(
            new[] { StratifiedDifference.OfEverybody(one).Value, WeightedDifference.Adaptive(one).Value },
            estimate =>
            {
                Assert.Equal(0.02, estimate.Value, 1e-12);
                Assert.Equal(1, estimate.Variance / variance, 1.1e-3);
            });
        var means = AdjustedMeans.Of([[one[0].Arm, one[0].Other]]);
        Assert.Equal(0.12, means[0], 1e-9);
        Assert.Equal(0.1, means[1], 1e-9);
    }

    [Fact]
    public void An_epoch_with_an_empty_alternative_is_joined_with_the_next_and_the_last_with_the_one_before()
    {
        Moments some = Moments.FromConversions(100, 30), few = Moments.FromConversions(50, 10);
        PairEpoch[] epochs = [new(0.01, default, some), new(0.5, few, few), new(0.5, some, few), new(0.01, default, few)];
        PairEpoch[] joined = [new(0.5, few, some + few), new(0.5, some, few + few)];
        Assert.Equal(StratifiedDifference.OfEverybody(joined), StratifiedDifference.OfEverybody(epochs));

        // Without joining they would say nothing, and an alternative that is always empty has no difference at all.
        Assert.NotEqual(StratifiedDifference.OfEverybody([.. epochs[1..3]]), StratifiedDifference.OfEverybody(epochs));
        Assert.Equal(ScoreCodes.FewParticipants, StratifiedDifference.OfEverybody([epochs[0], epochs[3]]).Reason!.Code);
        Assert.Equal(ScoreCodes.FewParticipants, WeightedDifference.Adaptive([epochs[0], epochs[3]]).Reason!.Code);
    }

    [Fact]
    public void A_probability_of_0_or_1_says_nothing_of_the_difference()
    {
        PairEpoch closed = new(0, default, Moments.FromConversions(5000, 2500));
        Assert.Equal(WeightedDifference.Adaptive(Drift), WeightedDifference.Adaptive([Drift[0], closed, Drift[1]]));
        Assert.Equal(StratifiedDifference.LeastVariance(Drift), StratifiedDifference.LeastVariance([Drift[0], closed, Drift[1]]));
    }

    [Fact]
    public void Mirrored_totals_and_swapped_alternatives_turn_the_sign_only()
    {
        PairEpoch[] epochs = [.. Drift, new(0.3, Moments.FromConversions(300, 60), Moments.FromConversions(700, 90))];
        PairEpoch[] mirrored = [.. epochs.Select(e => new PairEpoch(e.Probability, e.Arm.Scale(-1), e.Other.Scale(-1)))];
        PairEpoch[] swapped = [.. epochs.Select(e => new PairEpoch(1 - e.Probability, e.Other, e.Arm))];
        Func<IReadOnlyList<PairEpoch>, Estimate<WeightedEstimate>>[] methods =
            [StratifiedDifference.OfEverybody, WeightedDifference.Adaptive, WeightedDifference.InverseProbability];
        Assert.All(methods, method =>
        {
            var estimate = method(epochs).Value;
            foreach (var other in new[] { method(mirrored).Value, method(swapped).Value })
            {
                Assert.Equal(-estimate.Value, other.Value, 1e-15);
                Assert.Equal(estimate.Variance, other.Variance, 1e-15);
            }
        });
    }

    [Fact]
    public void Adjusted_means_of_two_differ_by_the_difference_of_least_variance()
    {
        PairEpoch[] epochs = [.. Drift, new(0.3, Moments.FromConversions(300, 60), Moments.FromConversions(700, 90))];
        var (arm, other) = StratifiedDifference.LeastVariance(epochs).Value;
        var means = AdjustedMeans.Of([.. epochs.Select(e => new[] { e.Arm, e.Other })]);
        Assert.Equal(arm.Value - other.Value, means[0] - means[1], 1e-11);
    }

    [Fact]
    public void Adjusted_means_undo_levels_of_epochs_and_do_not_depend_on_the_order()
    {
        // Levels 1, 2, 3 and 4 of the alternatives, another level in each epoch; the last is never with the others.
        double[] levels = [1, 2, 3], drift = [0, 10, -5];
        long[][] counts = [[10, 200, 0], [50, 5, 40], [0, 30, 3]];
        Moments[][] epochs = [.. counts.Select((row, e) => row.Select((n, k) => n == 0 ? default : new Moments(n, levels[k] + drift[e], 1)).Append(default).ToArray()), [default, default, default, new(7, 4, 1)]];
        var means = AdjustedMeans.Of(epochs);
        Assert.Equal(1, means[1] - means[0], 1e-12);
        Assert.Equal(1, means[2] - means[1], 1e-12);
        Assert.Equal(4, means[3]);
        var (before, after) = (0.0, 0.0);
        for (var k = 0; k < 3; k++)
        {
            before += epochs.Sum(e => e[k].Total);
            after += means[k] * epochs.Sum(e => e[k].Count);
        }

        Assert.Equal(before, after, 1e-9);
        var backwards = AdjustedMeans.Of([.. epochs.Reverse().Select(e => e.Reverse().ToArray())]);
        Assert.All(means.Zip(backwards.Reverse()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }
}
