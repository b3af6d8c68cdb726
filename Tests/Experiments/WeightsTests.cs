using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Timesteps;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class WeightsTests
{
    [Fact]
    public void Weights_by_hand_open_an_epoch_with_the_reason()
    {
        var experiment = Given().After(TimeSpan.FromHours(1)).When(Set("b first", ("a", 1), ("b", 3))).ThenApplied();
        Assert.Equal([2_500, 7_500], experiment.Epoch.Weights);
        Assert.Equal((1, Noon.AddHours(1), "b first", 3L), (experiment.Epoch.Number, experiment.Epoch.From, experiment.Epoch.Reason, experiment.Epoch.Decision));
        Assert.Equal(("weights-set", "b first", 1), (experiment.Decisions[^1].Kind, experiment.Decisions[^1].Reason, experiment.Decisions[^1].Epoch));
        Assert.Equal([0.25, 0.75], experiment.Epoch.Probabilities);
    }

    [Fact]
    public void The_same_weights_again_change_nothing()
        => Given().When(Set("again", ("a", 7), ("b", 7))).ThenNothing();

    [Fact]
    public void Zero_closes_an_alternative_and_a_weight_opens_it_again()
    {
        var scenario = Given().And(Set("close", ("a", 1), ("b", 0)));
        Assert.Equal([10_000, 0], scenario.Experiment.Epoch.Weights);
        scenario.When(Set("b is closed and need not be named", ("a", 5))).ThenNothing();
        Assert.Equal([5_000, 5_000], scenario.When(Set("open", ("a", 1), ("b", 1))).ThenApplied().Epoch.Weights);
    }

    [Fact]
    public void A_weight_however_small_keeps_an_alternative_open()
        => Assert.Equal([9_999, 1], Given().When(Set("tiny", ("a", 1e6), ("b", 1e-6))).ThenApplied().Epoch.Weights);

    [Theory]
    [InlineData("unknown-alternative", "why", "a", 1, "b", 1, "c", 1)]
    [InlineData("out-of-range", "why", "a", -1, "b", 1)]
    [InlineData("out-of-range", "why", "a", double.NaN, "b", 1)]
    [InlineData("out-of-range", "why", "a", double.PositiveInfinity, "b", 1)]
    [InlineData("missing-alternative", "why", "a", 1)]
    [InlineData("all-weights-zero", "why", "a", 0, "b", 0)]
    [InlineData("invalid-text", " ", "a", 1, "b", 2)]
    [InlineData("invalid-definition", "", "a", -1)]
    public void Weights_that_make_no_sense_are_refused(string code, string reason, params object[] pairs)
    {
        var weights = pairs.Chunk(2).ToDictionary(p => (string)p[0], p => Convert.ToDouble(p[1], System.Globalization.CultureInfo.InvariantCulture));
        Given().When(new ExperimentCommand.SetWeights(weights, reason)).ThenRefused(RefusalKind.Invalid, code);
    }

    [Fact]
    public void What_is_wrong_is_named_by_its_path()
    {
        var refusal = Given().When(Set("why", ("a", -1), ("b", 1), ("c d", 1))).ThenRefused(RefusalKind.Invalid, "invalid-definition");
        Assert.Equal(["$.weights.a", "$.weights['c d']"], refusal.Errors.Select(e => e.Path));
    }

    [Fact]
    public void After_the_last_epoch_a_timestep_still_has_a_winner_and_says_that_weights_stay()
    {
        var scenario = Given(Banner);
        var state = scenario.Experiment with { Epochs = [scenario.Experiment.Epoch with { Number = EpochLimits.LastEpoch }] };
        var closed = Assert.IsType<ExperimentEvent.TimestepClosed>(Assert.Single(ExperimentDecider.Decide(state, Close(0, "1", changed: true), new DecisionInputs(Noon, FirstKey)).Value));
        Assert.Null(closed.Weights);
        Assert.Contains("weights and traffic cannot change any more", closed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_removed_alternative_cannot_be_given_a_weight()
    {
        var scenario = Given("""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}]}""").And(new ExperimentCommand.Put(Define("""{"alternatives":[{"key":"a"},{"key":"b"}]}""")));
        Assert.Contains("was removed", scenario.When(Set("why", ("a", 1), ("b", 1), ("c", 1))).ThenRefused(RefusalKind.Invalid, "unknown-alternative").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drafts_weights_are_replaced_without_an_epoch()
    {
        var experiment = Given(Draft).When(Set("why", ("a", 1), ("b", 3))).ThenApplied();
        Assert.Equal((0, 1), (experiment.Epoch.Number, experiment.Epochs.Length));
        Assert.Equal([2_500, 7_500], experiment.Epoch.Weights);
    }

    [Fact]
    public void Vanitys_hash_knows_no_weights()
    {
        var scenario = Given("""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"assignment":{"hash":"vanity-md5"}}""");
        scenario.When(Set("why", ("a", 1), ("b", 1), ("c", 1))).ThenNothing();
        scenario.When(Set("why", ("a", 1), ("b", 2), ("c", 1))).ThenRefused(RefusalKind.Invalid, "vanity-unweighted");
        scenario.When(Set("why", ("a", 1), ("b", 1), ("c", 0))).ThenRefused(RefusalKind.Invalid, "vanity-unweighted");
    }

    [Fact]
    public void After_the_last_epoch_there_are_no_more()
    {
        var scenario = Given();
        var last = scenario.Experiment.Epoch with { Number = EpochLimits.LastEpoch };
        var state = scenario.Experiment with { Epochs = [last] };
        foreach (var command in new ExperimentCommand[] { Set("why", ("a", 1), ("b", 2)), new ExperimentCommand.Put(Define(TwoArms[..^1] + ",\"assignment\":{\"traffic\":0.5}}")) })
        {
            Assert.Equal("too-many-epochs", ExperimentDecider.Decide(state, command, new DecisionInputs(Noon, FirstKey)).Refusal?.Code);
        }

        Assert.Null(ExperimentDecider.Decide(state, new ExperimentCommand.Complete("a"), new DecisionInputs(Noon, FirstKey, new([], [], []))).Refusal);
    }

    [Fact]
    public void A_closed_timestep_gives_its_winner_most_of_the_next()
    {
        var scenario = Given(Banner).When(Close(0, "1", changed: true));
        var closed = scenario.Then<ExperimentEvent.TimestepClosed>();
        Assert.Equal([2_000, 8_000], closed.Weights!.Value);
        Assert.Contains("'1' is the new winner", closed.Reason, StringComparison.Ordinal);
        var experiment = scenario.ThenApplied();
        Assert.Equal((1, "1", 1), (experiment.Epoch.Number, experiment.Timesteps.Winner, experiment.Timesteps.Next));
        Assert.Equal(("timestep-closed", "1"), (experiment.Decisions[^1].Kind, experiment.Decisions[^1].Winner));
    }

    [Fact]
    public void The_same_winner_begins_no_epoch_and_closing_again_does_nothing()
    {
        var scenario = Given(Banner).And(Close(0, "1", changed: true)).When(Close(1, "1", changed: false));
        Assert.Null(scenario.Then<ExperimentEvent.TimestepClosed>().Weights);
        scenario.ThenApplied();
        scenario.When(Close(1, "1", changed: false)).ThenNothing();
        scenario.When(Close(0, "0", changed: true)).ThenNothing();
    }

    [Fact]
    public void With_a_period_every_timestep_is_an_epoch()
    {
        var scenario = Given(Banner.Replace("\"winnerShare\"", "\"period\":\"P1D\",\"winnerShare\"", StringComparison.Ordinal)).And(Close(0, "1", changed: true));
        Assert.Equal(2, scenario.When(Close(1, "1", changed: false)).ThenApplied().Epoch.Number);
        Assert.Equal(Noon.AddDays(1), ExperimentSchedule.NextTimestepAt(scenario.Experiment));
    }

    [Fact]
    public void The_whole_share_leaves_the_others_the_least_there_is()
        => Assert.Equal([1, 9_999], Given(Banner.Replace("0.8", "1", StringComparison.Ordinal)).When(Close(0, "1", changed: true)).ThenApplied().Epoch.Weights);

    [Fact]
    public void Timesteps_are_closed_only_where_there_are_any_and_while_it_runs()
    {
        Given().When(Close(0, "a", changed: false)).ThenRefused(RefusalKind.Conflict, "no-timesteps");
        Given(Banner, new ExperimentCommand.Disable()).When(Close(0, "1", changed: true)).ThenRefused(RefusalKind.Conflict, "experiment-disabled");
        Given(Banner, new ExperimentCommand.Complete("1")).When(Close(0, "1", changed: true)).ThenRefused(RefusalKind.Conflict, "experiment-completed");
        Given(Banner.Replace("{\"alternatives\"", "{\"start\":false,\"alternatives\"", StringComparison.Ordinal)).When(Close(0, "1", changed: true)).ThenRefused(RefusalKind.Conflict, "experiment-not-started");
    }

    private static ExperimentCommand.SetWeights Set(string reason, params (string Key, double Weight)[] weights)
        => new(weights.ToDictionary(w => w.Key, w => w.Weight), reason);

    private static ExperimentCommand.CloseTimestep Close(int timestep, string winner, bool changed)
        => new(new TimestepResult(timestep, winner, changed, TimestepStatus.Ok, 1.5, 998, 0.01, changed, [new("0", 100, 0.1, 0.3), new("1", 100, 0.4, 0.5)]));

    private const string Banner = """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","metrics":[{"id":"click"}],"allocation":{"policy":"timestep","winnerShare":0.8,"countMultiplier":5}}""";
}
