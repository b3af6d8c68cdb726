using Bandstand.Experiments;
using Bandstand.Ports;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class LifeCycleTests
{
    [Fact]
    public void A_new_experiment_is_created_and_started()
    {
        var scenario = Given(null).When(TwoArms);
        Assert.Equal([typeof(ExperimentEvent.Created), typeof(ExperimentEvent.Started)], scenario.Events.Select(e => e.GetType()));
        var experiment = scenario.ThenApplied();
        Assert.Equal((ExperimentStatus.Running, 1L, 0, Noon), (experiment.Status, experiment.Generation, experiment.Epoch.Number, experiment.StartedAt));
        Assert.Equal([5_000, 5_000], experiment.Epoch.Weights);
        Assert.Equal(["created", "started"], experiment.Decisions.Select(d => d.Kind));
        Assert.Equal([1L, 2L], experiment.Decisions.Select(d => d.Number));
    }

    [Fact]
    public void With_start_false_it_stays_a_draft()
    {
        var scenario = Given(null).When(Draft);
        scenario.Then<ExperimentEvent.Created>();
        Assert.Equal((ExperimentStatus.Draft, null), (scenario.ThenApplied().Status, scenario.Experiment.StartedAt));
    }

    [Fact]
    public void Starting_a_draft_starts_its_first_epoch()
    {
        var experiment = Given(Draft).After(TimeSpan.FromHours(1)).When(new ExperimentCommand.Start()).ThenApplied();
        Assert.Equal((ExperimentStatus.Running, Noon.AddHours(1), Noon.AddHours(1)), (experiment.Status, experiment.StartedAt, experiment.Epoch.From));
    }

    [Theory]
    [InlineData("running", "start", null)]
    [InlineData("running", "enable", null)]
    [InlineData("running", "disable", "Disabled")]
    [InlineData("draft", "start", "Started")]
    [InlineData("draft", "enable", "experiment-not-started")]
    [InlineData("draft", "disable", "experiment-not-started")]
    [InlineData("draft", "complete", "experiment-not-started")]
    [InlineData("draft", "rebalance", "nothing-to-rebalance")]
    [InlineData("draft", "reset", null)]
    [InlineData("draft", "review", null)]
    [InlineData("disabled", "start", "experiment-disabled")]
    [InlineData("disabled", "enable", "Enabled")]
    [InlineData("disabled", "disable", null)]
    [InlineData("disabled", "complete", "Completed")]
    [InlineData("disabled", "review", null)]
    [InlineData("completed", "start", "experiment-completed")]
    [InlineData("completed", "enable", "experiment-completed")]
    [InlineData("completed", "disable", "experiment-completed")]
    [InlineData("completed", "complete", null)]
    [InlineData("completed", "weights", "experiment-completed")]
    [InlineData("completed", "review", null)]
    [InlineData("running", "delete", "Deleted")]
    [InlineData("draft", "delete", "Deleted")]
    [InlineData("completed", "delete", "Deleted")]
    [InlineData("deleted", "delete", null)]
    [InlineData("deleted", "start", "experiment-not-found")]
    [InlineData("deleted", "weights", "experiment-not-found")]
    [InlineData("never", "delete", "experiment-not-found")]
    [InlineData("never", "enable", "experiment-not-found")]
    public void Every_command_in_every_status_does_nothing_happens_or_is_refused(string status, string command, string? expected)
    {
        var scenario = In(status).When(Command(command));
        switch (expected)
        {
            case null:
                scenario.ThenNothing();
                break;
            case "experiment-not-found":
                scenario.ThenRefused(RefusalKind.NotFound, expected);
                break;
            case var code when code.Contains('-', StringComparison.Ordinal):
                scenario.ThenRefused(RefusalKind.Conflict, code);
                break;
            default:
                Assert.Equal(expected, Assert.Single(scenario.Events).GetType().Name);
                break;
        }
    }

    [Fact]
    public void Reset_begins_a_new_generation_in_the_state_of_the_definition()
    {
        var experiment = Given(TwoArms, new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 0 }, "no"), new ExperimentCommand.Complete("b"))
            .After(TimeSpan.FromDays(1)).When(new ExperimentCommand.Reset(null)).ThenApplied();
        Assert.Equal((ExperimentStatus.Running, 2L, 0, null), (experiment.Status, experiment.Generation, experiment.Epoch.Number, experiment.Outcome));
        Assert.Equal([5_000, 5_000], experiment.Epoch.Weights);
        Assert.Equal(["reset", "started"], experiment.Decisions.Select(d => d.Kind));
        Assert.Equal(Noon.AddDays(1), experiment.CreatedAt);
        Assert.Equal("price", experiment.Seed);
        Assert.NotEqual(Given().Experiment.Key, experiment.Key);
    }

    [Fact]
    public void Reset_with_a_seed_deals_anew_and_the_same_PUT_still_changes_nothing()
    {
        var scenario = Given().And(new ExperimentCommand.Reset("price-2"));
        Assert.Equal("price-2", scenario.Experiment.Definition.Assignment.Seed);
        scenario.When(TwoArms).ThenNothing();
        var renamed = scenario.When(TwoArms[..^1] + ",\"name\":\"Other\"}").ThenApplied();
        Assert.Equal("price-2", renamed.Seed);
    }

    [Fact]
    public void A_reset_draft_with_a_new_seed_stays_a_draft()
    {
        var experiment = Given(Draft).When(new ExperimentCommand.Reset("other")).ThenApplied();
        Assert.Equal((ExperimentStatus.Draft, "other", 2L), (experiment.Status, experiment.Seed, experiment.Generation));
        Given(Draft).When(new ExperimentCommand.Reset(" ")).ThenRefused(RefusalKind.Invalid, "invalid-text");
    }

    [Fact]
    public void A_deleted_experiment_keeps_its_generation_and_is_created_anew_in_the_next()
    {
        var scenario = Given().And(new ExperimentCommand.Delete());
        var gone = Assert.IsType<NoExperiment>(scenario.State);
        Assert.Equal(1, gone.Generation);
        var experiment = scenario.When(TwoArms).ThenApplied();
        Assert.Equal((2L, ExperimentStatus.Running), (experiment.Generation, experiment.Status));
        Assert.True(experiment.Version > gone.Version);
    }

    [Fact]
    public void Completing_names_the_outcome_and_says_so()
    {
        var scenario = Given().When(new ExperimentCommand.Complete("b"));
        var completed = scenario.Then<ExperimentEvent.Completed>();
        Assert.Equal("b", completed.Outcome);
        var experiment = scenario.ThenApplied();
        Assert.Equal((ExperimentStatus.Completed, 1, Noon), (experiment.Status, experiment.Outcome, experiment.CompletedAt));
        Assert.Equal(("completed", "b"), (experiment.Decisions[^1].Kind, experiment.Decisions[^1].Winner));
        Assert.Equal("b", ExperimentViews.Of(experiment).Outcome);
    }

    [Fact]
    public void The_first_outcome_stands()
    {
        var scenario = Given(TwoArms, new ExperimentCommand.Complete("b"));
        scenario.When(new ExperimentCommand.Complete("b")).ThenNothing();
        scenario.When(new ExperimentCommand.Complete(null)).ThenNothing();
        Assert.Contains("'b'", scenario.When(new ExperimentCommand.Complete("a")).ThenRefused(RefusalKind.Conflict, "experiment-completed").Detail, StringComparison.Ordinal);
        scenario.When(new ExperimentCommand.Complete("z")).ThenRefused(RefusalKind.Invalid, "unknown-alternative");
    }

    [Fact]
    public void Preconditions_are_checked_against_definition_and_status()
    {
        var scenario = Given();
        var etag = ExperimentViews.ETag(scenario.Experiment);
        Assert.Null(ExperimentDecider.Check(scenario.State, default));
        Assert.Null(ExperimentDecider.Check(scenario.State, new Precondition(etag)));
        Assert.Null(ExperimentDecider.Check(scenario.State, new Precondition("*")));
        Assert.Null(ExperimentDecider.Check(NoExperiment.Never, new Precondition(MustBeNew: true)));
        Assert.Equal((RefusalKind.PreconditionFailed, "experiment-exists"), Failed(scenario.State, new Precondition(MustBeNew: true)));
        Assert.Equal((RefusalKind.PreconditionFailed, "etag-mismatch"), Failed(NoExperiment.Never, new Precondition(etag)));
        scenario.And(new ExperimentCommand.Disable());
        Assert.Equal((RefusalKind.PreconditionFailed, "etag-mismatch"), Failed(scenario.State, new Precondition(etag)));
        scenario.And(new ExperimentCommand.Enable());
        Assert.Null(ExperimentDecider.Check(scenario.State, new Precondition(etag)));
        scenario.And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 2 }, "why not"));
        Assert.Null(ExperimentDecider.Check(scenario.State, new Precondition(etag)));
    }

    [Fact]
    public void An_event_that_cannot_follow_the_state_is_an_error()
        => Assert.Throws<InvalidOperationException>(() => ExperimentDecider.Evolve(NoExperiment.Never, new ExperimentEvent.Started(Noon, "x")));

    [Fact]
    public void Statistics_that_are_needed_and_missing_are_a_mistake_of_the_host()
        => Assert.Throws<ArgumentException>(() => ExperimentDecider.Decide(Given().State, new ExperimentCommand.Complete(null), new DecisionInputs(Noon, FirstKey)));

    private static (RefusalKind, string)? Failed(ExperimentState state, Precondition precondition)
        => ExperimentDecider.Check(state, precondition) is { } refusal ? (refusal.Kind, refusal.Code) : null;

    private static Scenario In(string status) => status switch
    {
        "never" => Given(null),
        "draft" => Given(Draft),
        "running" => Given(),
        "disabled" => Given(TwoArms, new ExperimentCommand.Disable()),
        "completed" => Given(TwoArms, new ExperimentCommand.Complete("b")),
        _ => Given(TwoArms, new ExperimentCommand.Delete()),
    };

    private static ExperimentCommand Command(string name) => name switch
    {
        "start" => new ExperimentCommand.Start(),
        "enable" => new ExperimentCommand.Enable(),
        "disable" => new ExperimentCommand.Disable(),
        "complete" => new ExperimentCommand.Complete(null),
        "rebalance" => new ExperimentCommand.Rebalance(),
        "reset" => new ExperimentCommand.Reset(null),
        "review" => new ExperimentCommand.Review(null, 0),
        "weights" => new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 2 }, "why"),
        _ => new ExperimentCommand.Delete(),
    };
}
