using Bandstand.Allocation;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

/// <summary>Bandits that go by a ratio of two totals.</summary>
public class RatioBanditTests
{
    private const string Definition = """
        {"alternatives": [{"key": "a"}, {"key": "b"}], "default": "a",
         "metrics": [{"id": "perOrder", "kind": "ratio", "numerator": "spend", "denominator": "orders"}],
         "allocation": {"policy": "bandit", "floor": 0.01}}
        """;

    [Fact]
    public void The_greater_ratio_wins_though_the_other_brings_more_above_the_line()
    {
        // a: more orders of 10; b: fewer, of 11.
        var chosen = Weigh(Definition, [People(1_000, orders: 2, spend: 20), People(1_000, orders: 1, spend: 11)]);
        Assert.True(chosen.Weights[1] > 9_000, chosen.Reason);
        Assert.Equal(10, chosen.Figures[0].Mean!.Value, 1e-9);
    }

    [Fact]
    public void Less_is_better_mirrors_more_is_better()
    {
        var less = Definition.Replace("\"kind\"", "\"goal\": \"decrease\", \"kind\"", StringComparison.Ordinal);
        PairStatistics[] one = [People(1_000, orders: 1, spend: 10), People(1_000, orders: 1, spend: 10.4)];
        Assert.Equal(Weigh(Definition, one).Weights, Weigh(less, one).Weights.Reverse());
    }

    [Fact]
    public void A_season_that_both_share_is_not_mistaken_for_a_difference()
    {
        // b is 4 % better in both epochs and got its people when orders are small; by the totals it is far worse.
        var chosen = Weigh(Definition, [People(8_000, 1, 20), People(800, 1, 20.8)], [People(800, 1, 10), People(8_000, 1, 10.4)]);
        Assert.True(chosen.Figures[1].ProbabilityBest > 0.9, chosen.Reason);
        Assert.True(chosen.Figures[1].Mean < chosen.Figures[0].Mean);
        Assert.NotNull(chosen.Figures[1].Believed);
    }

    [Fact]
    public void Who_has_nothing_below_the_line_waits()
    {
        var chosen = Weigh(Definition, [People(1_000, 1, 10), People(1_000, 0, 0)]);
        Assert.Equal([5_000, 5_000], chosen.Weights);
        Assert.Contains("'b' kept its weight", chosen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_about_the_ratio_of_all_add_up_to_it()
    {
        var (one, other) = (People(300, 2, 21).Joint, People(700, 1, 9).Joint);
        var all = one + other;
        var parts = RatioOfTotals.About(all, one) + RatioOfTotals.About(all, other);
        Assert.True(RatioOfTotals.Linearised(all, "all").TryGet(out var whole, out _));
        Assert.Equal(whole.Mean, parts.Mean, 1e-9);
        Assert.Equal(whole.M2, parts.M2, 1e-6);
        Assert.Equal(whole.Count, parts.Count);
        Assert.Equal(default, RatioOfTotals.About(all, default));
    }

    private static ChosenWeights Weigh(string json, params PairStatistics[][] epochs)
    {
        var scenario = Scenario.Given(json);
        for (var e = 1; e < epochs.Length; e++)
        {
            scenario = scenario.And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1 + e }, "next"));
        }

        EpochStatistics[] all = [.. epochs.Select((arms, number) => new EpochStatistics(number, [.. arms.Select(Row)]))];
        var statistics = ExperimentStatistics.Merge([new ShardStatistics(scenario.Experiment.Metrics, 2, all)]);
        return ThompsonPolicy.Weights(scenario.Experiment, statistics, (BanditAllocation)scenario.Experiment.LastPut.Allocation);

        static AlternativeStatistics Row(PairStatistics pair)
            => new(pair.Joint.Count, [new MetricStatistics(pair.Joint.Count, pair.Joint.Y.Total, pair.Joint.Y) { Pair = pair }]);
    }

    /// <summary>People who order so often on average and spend so much, with a spread of 1 order and of 8 for what is spent.</summary>
    private static PairStatistics People(long count, double orders, double spend)
        => new(new JointMoments(count, orders, spend, count * (orders > 0 ? 1 : 0), count * (spend > 0 ? 64 : 0), count * (orders > 0 ? 4 : 0)), default);
}
