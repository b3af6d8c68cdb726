using Bandstand.Allocation;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

/// <summary>A bandit for every value of an attribute.</summary>
public class SegmentPolicyTests
{
    [Fact]
    public void Values_that_prefer_different_alternatives_get_different_weights()
    {
        var chosen = Weigh(("DE", [(2_000, 200), (2_000, 300)]), ("FR", [(2_000, 300), (2_000, 200)]));
        Assert.Equal([5_000, 5_000], chosen.Everybody.Weights);
        Assert.Equal(["DE", "FR"], chosen.Own.Select(own => own.Value));
        Assert.Equal([100, 9_900], chosen.Own[0].Chosen.Weights);
        Assert.Equal([9_900, 100], chosen.Own[1].Chosen.Weights);
        Assert.Equal((2_000L, 300L), (chosen.Own[0].Chosen.Figures[1].Participants, chosen.Own[0].Chosen.Figures[1].Converted));
        Assert.Contains("the whole counts as 100 participants of each", chosen.Own[0].Chosen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_with_few_participants_follows_the_whole_where_values_do_not_differ()
    {
        // By itself FR would have b at 17 %; DE and IT say what is true of all, and chance explains the rest.
        var chosen = Weigh(("DE", [(4_000, 400), (4_000, 500)]), ("IT", [(4_000, 404), (4_000, 502)]), ("FR", [(150, 17), (150, 13)]));
        var few = chosen.Own.Single(own => own.Value == "FR").Chosen;
        Assert.True(few.Weights[1] > 9_000, few.Reason);
        Assert.Contains("the whole counts as 10000 participants of each", few.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_keeps_its_own_level()
    {
        // FR converts ten times as often whoever it sees: the whole's rates must not pull the alternative that few saw there.
        var chosen = Weigh(("DE", [(5_000, 250), (5_000, 250)]), ("FR", [(4_000, 2_000), (200, 100)]));
        var few = chosen.Own.Single(own => own.Value == "FR").Chosen;
        Assert.InRange(few.Weights[1], 4_000, 6_000);
    }

    [Fact]
    public void Everybody_else_is_not_misled_by_who_saw_what()
    {
        // Within every value the alternatives are alike. Together a has 41 % and b 9 %, because they were shown to different people.
        var chosen = Weigh(("DE", [(200, 10), (5_000, 250)]), ("FR", [(5_000, 2_250), (200, 90)]));
        Assert.InRange(chosen.Everybody.Weights[0], 3_500, 6_500);
        Assert.Equal([2_260L, 340L], chosen.Everybody.Figures.Select(f => f.Converted));
    }

    [Fact]
    public void Totals_and_a_goal_to_decrease_are_learned_by_value_too()
    {
        var chosen = Weigh(
            Scenario.Given(Json(metric: ",\"kind\":\"value\",\"goal\":\"decrease\"")).Experiment,
            ("DE", [Values(1_000, 10), Values(1_000, 12)]), ("FR", [Values(1_000, 32), Values(1_000, 30)]));
        Assert.Equal([9_900, 100], chosen.Own[0].Chosen.Weights);
        Assert.Equal([100, 9_900], chosen.Own[1].Chosen.Weights);
    }

    [Fact]
    public void A_value_in_which_an_alternative_is_new_has_no_weights_of_its_own_yet()
    {
        var chosen = Weigh(("DE", [(2_000, 200), (2_000, 300)]), ("FR", [(2_000, 300), (9, 0)]));
        Assert.Equal(["DE"], chosen.Own.Select(own => own.Value));
    }

    [Fact]
    public void Every_value_begins_an_epoch_of_its_own_and_the_decision_says_why()
    {
        var experiment = Rebalanced();
        Assert.Equal([null, new EpochSegment(0, "DE"), new EpochSegment(0, "FR"), null], experiment.Epochs.Select(e => e.Segment));
        Assert.Equal([0, 1, 2, 3], experiment.Epochs.Select(e => e.Number));
        Assert.Equal([1, 2], experiment.SegmentEpochs.Select(e => e.Number));
        Assert.Equal([0.01, 0.99], experiment.Epochs[1].Probabilities);
        var decision = experiment.Decisions[^1];
        Assert.Equal(3, decision.Epoch);
        Assert.Equal(["country:DE", "country:FR"], decision.Segments!.Select(s => s.Segment));
        Assert.Equal(9_900, decision.Segments![0].Weights.Single(w => w.Key == "b").Value);
        Assert.Contains("'DE', 'FR' of country have weights of their own.", decision.Reason, StringComparison.Ordinal);
        Assert.Equal("country:DE", ExperimentViews.Of(experiment, experiment.Epochs[1]).Segment);
    }

    [Fact]
    public void The_same_figures_change_nothing()
    {
        var experiment = Rebalanced();
        Assert.Empty(ExperimentDecider.Decide(experiment, new ExperimentCommand.Rebalance(), Inputs(experiment, Two)).Value);
    }

    [Fact]
    public void What_was_journaled_gives_the_same_epochs_and_plan()
    {
        var experiment = Rebalanced();
        var given = Scenario.Given(Json());
        var events = ExperimentDecider.Decide(given.State, new ExperimentCommand.Rebalance(), Inputs(given.Experiment, Two)).Value;
        var replay = new ExperimentReplay();
        replay.Begin();
        foreach (var part in ExperimentJournal.Snapshot(given.State))
        {
            replay.SnapshotPart(part.Span);
        }

        replay.Entry(ExperimentJournal.Write(events));
        replay.End();
        var again = (Experiment)replay.State;
        Assert.Equal(experiment.Epochs.Select(e => (e.Number, e.Segment, e.Reason)), again.Epochs.Select(e => (e.Number, e.Segment, e.Reason)));
        var plan = Bandstand.Assignment.AssignmentPlan.Of(experiment).Shard;
        var bytes = ShardPlanCodec.Write(plan);
        Assert.Equal([("DE", 1), ("FR", 2)], ShardPlanCodec.Read(bytes).SegmentEpochs.Select(e => (e.Value, e.Epoch)));
        Assert.Equal(bytes, ShardPlanCodec.Write(ShardPlanCodec.Read(bytes)));
        Assert.Equal(bytes, ShardPlanCodec.Write(Bandstand.Assignment.AssignmentPlan.Of(again).Shard));
    }

    [Fact]
    public void Weights_by_hand_are_everybodys_even_where_they_are_the_same()
    {
        var experiment = Rebalanced();
        var set = ExperimentDecider.Decide(experiment, new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1 }, "fair"), Inputs(experiment, Two)).Value;
        Assert.Empty(((Experiment)ExperimentDecider.Apply(experiment, set)).SegmentEpochs);
    }

    [Fact]
    public void Who_stops_learning_by_segment_gives_everybody_the_same_weights()
    {
        var experiment = Rebalanced();
        var put = ExperimentDecider.Decide(experiment, new ExperimentCommand.Put(Scenario.Define(Json().Replace(",\"by\":\"country\"", string.Empty, StringComparison.Ordinal))), Inputs(experiment, Two)).Value;
        var after = (Experiment)ExperimentDecider.Apply(experiment, put);
        Assert.Equal(4, after.Epoch.Number);
        Assert.Empty(after.SegmentEpochs);
    }

    [Fact]
    public void Parts_are_the_values_with_enough_of_every_alternative_and_the_rest()
    {
        var experiment = Scenario.Given(Json()).Experiment;
        var table = SegmentTable.Of(experiment, [[
            new(0, "DE", [0, 0, 150, 0, 1, 150]), new(0, "FR", [0, 0, 500, 0, 1, 500]), new(0, "IT", [0, 0, 300, 0, 1, 5]), new(0, "other", [0, 0, 700, 0, 1, 700]), new(0, null, [0, 0, 700, 0, 1, 700])]]);
        var parts = table.Parts();
        Assert.Equal(["FR", "DE", null], parts.Select(part => part.Value));
        Assert.True(parts[^1].Choice.Except);
        Assert.Equal(["FR", "DE"], parts[^1].Choice.Values);
    }

    internal static string Json(string metric = "", string by = ",\"by\":\"country\"")
        => """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","shards":1,"metrics":[{"id":"signup" """ + metric
            + """}],"segments":["country"],"allocation":{"policy":"bandit","burnIn":100""" + by + "}}";

    [Fact]
    public void Recent_people_of_a_value_who_have_not_converted_yet_are_not_mistaken_for_a_difference()
    {
        var experiment = Scenario.Given(Json()).And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 9 }, "b leads")).Experiment;
        EpochStatistics[] epochs = [.. new[] { Arms([(2_000, 190), (2_000, 210)]), Arms([(400, 8), (3_600, 72)]) }.Select((arms, number) => new EpochStatistics(number, [.. arms.Select(m => new AlternativeStatistics(m.Moments.Count, [m]))]))];
        var statistics = ExperimentStatistics.Merge([new ShardStatistics(experiment.Metrics, 2, epochs)]);
        var chosen = SegmentPolicy.Weights(
            experiment, [new("DE", statistics), new(null, Merged(experiment, Arms([(0, 0), (0, 0)])))], (BanditAllocation)experiment.LastPut.Allocation);

        // By its totals b has 5.0 % and a 8.3 %.
        var own = Assert.Single(chosen.Own).Chosen;
        Assert.InRange(own.Figures[1].ProbabilityBest!.Value, 0.5, 0.95);
        Assert.Equal([198L, 282L], own.Figures.Select(f => f.Converted));
        Assert.InRange(chosen.Everybody.Figures[1].ProbabilityBest!.Value, 0.5, 0.95);
    }

    private static readonly (string, (long, long)[])[] Two = [("DE", [(2_000, 200), (2_000, 300)]), ("FR", [(2_000, 300), (2_000, 200)])];

    private static Experiment Rebalanced()
    {
        var experiment = Scenario.Given(Json()).Experiment;
        return (Experiment)ExperimentDecider.Apply(experiment, ExperimentDecider.Decide(experiment, new ExperimentCommand.Rebalance(), Inputs(experiment, Two)).Value);
    }

    private static DecisionInputs Inputs(Experiment experiment, (string, (long, long)[])[] values)
        => new(Scenario.Noon, Scenario.FirstKey, new ExperimentStatistics([], [], []), Segments(experiment, [.. values.Select(v => (v.Item1, Arms(v.Item2)))]));

    private static SegmentWeights Weigh(params (string Value, (long, long)[] Arms)[] values)
        => Weigh(Scenario.Given(Json()).Experiment, [.. values.Select(v => (v.Value, Arms(v.Arms)))]);

    private static SegmentWeights Weigh(Experiment experiment, params (string Value, MetricStatistics[] Arms)[] values)
        => SegmentPolicy.Weights(experiment, Segments(experiment, values), (BanditAllocation)experiment.LastPut.Allocation);

    private static SegmentStatistics[] Segments(Experiment experiment, (string Value, MetricStatistics[] Arms)[] values)
        => [.. values.Select(v => new SegmentStatistics(v.Value, Merged(experiment, v.Arms))), new SegmentStatistics(null, Merged(experiment, Arms([(0, 0), (0, 0)])))];

    private static ExperimentStatistics Merged(Experiment experiment, MetricStatistics[] arms) => ExperimentStatistics.Merge([
        new ShardStatistics(experiment.Metrics, arms.Length, [new EpochStatistics(0, [.. arms.Select(m => new AlternativeStatistics(m.Moments.Count, [m]))])])]);

    private static MetricStatistics[] Arms((long Shown, long Converted)[] arms)
        => [.. arms.Select(a => new MetricStatistics(a.Converted, a.Converted, Moments.FromConversions(a.Shown, a.Converted)))];

    private static MetricStatistics Values(long count, double mean) => new(count, count, new Moments(count, mean, 16.0 * (count - 1)));
}
