using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class GuardTests
{
    private static readonly ExperimentCommand Look = new ExperimentCommand.Guard();

    [Fact]
    public void Harm_drops_the_alternative_and_says_by_which_figures()
    {
        var scenario = Given(Guarded()).With((1_000, 20), (1_000, 80));

        var tripped = scenario.When(Look).Then<ExperimentEvent.GuardTripped>();
        var experiment = scenario.ThenApplied();

        Assert.Equal([10_000, 0], tripped.Weights!.Value);
        Assert.Equal(("errors", "b", "drop", 0.06), (tripped.Trip.Metric, tripped.Trip.Alternative, tripped.Trip.Action, Math.Round(tripped.Trip.Harm, 12)));
        Assert.True(tripped.Trip.EValue > tripped.Trip.Needed && tripped.Trip.Needed == 100);
        Assert.Equal([20, 80], tripped.Figures.Select(f => f.Converted));
        Assert.Equal((true, ExperimentStatus.Running, 1), (experiment.Alternatives[1].Dropped, experiment.Status, experiment.Epoch.Number));
        Assert.Equal(("guardrail", tripped.Trip), (experiment.Decisions[^1].Kind, experiment.Decisions[^1].Guardrail));
        scenario.With((1_000, 20), (1_000, 300)).When(Look).ThenNothing();
    }

    [Theory]
    [InlineData("disable", ExperimentStatus.Disabled, null)]
    [InlineData("default", ExperimentStatus.Completed, 0)]
    public void The_other_actions_stop_the_experiment(string action, ExperimentStatus status, int? outcome)
    {
        var experiment = Given(Guarded(action)).With((1_000, 20), (1_000, 80)).When(Look).ThenApplied();
        Assert.Equal((status, outcome, 0), (experiment.Status, experiment.Outcome, experiment.Epoch.Number));
        Assert.Equal(outcome is null ? null : Noon, experiment.CompletedAt);
    }

    [Fact]
    public void Better_or_equal_alternatives_are_left_alone()
    {
        Given(Guarded()).With((1_000, 50), (1_000, 50)).When(Look).ThenNothing();
        Given(Guarded()).With((1_000, 80), (1_000, 20)).When(Look).ThenNothing();
        Given(Guarded(margin: 0.05)).With((1_000, 20), (1_000, 60)).When(Look).ThenNothing();
        Given(Guarded(margin: 0.02)).With((10_000, 200), (10_000, 800)).When(Look).Then<ExperimentEvent.GuardTripped>();
    }

    [Fact]
    public void A_margin_protects_even_where_the_control_never_errs()
    {
        Given(Guarded(margin: 0.05)).With((1_000, 0), (1_000, 30)).When(Look).ThenNothing();
        Given(Guarded(margin: 0.05)).With((1_000, 0), (1_000, 300)).When(Look).Then<ExperimentEvent.GuardTripped>();
    }

    [Fact]
    public void A_metric_that_is_to_increase_is_harmed_by_less()
    {
        const string Json = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"kept","guardrail":true},{"id":"signup"}]}""";
        Given(Json).With((1_000, 200), (1_000, 100)).When(Look).Then<ExperimentEvent.GuardTripped>();
        Given(Json).With((1_000, 100), (1_000, 200)).When(Look).ThenNothing();
    }

    [Fact]
    public void Totals_are_guarded_by_their_means()
    {
        const string Json = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"spent","kind":"value","guardrail":{"margin":0.5}},{"id":"signup"}]}""";
        Given(Json).With(Totals(1_000, 10), Totals(1_000, 9.8)).When(Look).ThenNothing();
        var tripped = Given(Json).With(Totals(1_000, 10), Totals(1_000, 8)).When(Look).Then<ExperimentEvent.GuardTripped>();
        Assert.Equal(2, tripped.Trip.Harm, 12);
    }

    [Fact]
    public void Alpha_is_shared_by_the_alternatives()
    {
        var four = """{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"},{"key":"d"}],"default":"a","metrics":[{"id":"errors","goal":"decrease","guardrail":true},{"id":"signup"}]}""";
        var scenario = Given(four).With((1_000, 20), (1_000, 20), (1_000, 20), (1_000, 90));
        var tripped = scenario.When(Look).Then<ExperimentEvent.GuardTripped>();
        Assert.Equal((300, "d"), (tripped.Trip.Needed, tripped.Trip.Alternative));
        Assert.Equal([3_334, 3_333, 3_333, 0], tripped.Weights!.Value);
    }

    [Fact]
    public void Two_harmful_alternatives_are_dropped_in_one_decision()
    {
        var three = """{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"errors","goal":"decrease","guardrail":true},{"id":"signup"}]}""";
        var experiment = Given(three).With((1_000, 20), (1_000, 90), (1_000, 90)).When(Look).ThenApplied();
        Assert.Equal([10_000, 0, 0], experiment.Epoch.Weights);
        Assert.Equal((2, 2), (experiment.Trips.Length, experiment.Epoch.Number));
    }

    [Fact]
    public void A_weight_by_hand_opens_a_dropped_alternative_again_and_the_guardrail_has_had_its_say()
    {
        var scenario = Given(Guarded()).With((1_000, 20), (1_000, 80)).When(Look);
        scenario.Apply();
        var weights = new Dictionary<string, double> { ["a"] = 1, ["b"] = 1 };
        Assert.False(scenario.When(new ExperimentCommand.SetWeights(weights, "known")).ThenApplied().Alternatives[1].Dropped);
        scenario.With((1_000, 20), (1_000, 300)).When(Look).ThenNothing();
    }

    [Fact]
    public void A_review_looks_at_the_guardrails_before_it_completes()
    {
        var json = Guarded().Replace("\"default\"", "\"completeWhen\":{\"participants\":100},\"default\"", StringComparison.Ordinal);
        Given(json).With((1_000, 20), (1_000, 80)).When(new ExperimentCommand.Review(null, 0)).Then<ExperimentEvent.GuardTripped>();
    }

    [Fact]
    public void Who_is_not_running_is_not_guarded()
        => Given(Guarded(), new ExperimentCommand.Disable()).With((1_000, 20), (1_000, 80)).When(Look).ThenNothing();

    [Fact]
    public void Events_are_counted_down_so_that_no_crossing_is_missed()
    {
        var scenario = Given(Guarded()).With((1_000, 20), (1_000, 20));
        var next = ExperimentGuards.EventsUntil(scenario.Experiment, Statistics(scenario, 20, 20));
        var last = next;
        Assert.InRange(next, 5, 200);
        for (var worst = 1L; worst < next; worst++)
        {
            var reading = Assert.Single(ExperimentGuards.Read(scenario.Experiment, Statistics(scenario, 20, 20 + worst)));
            Assert.False(reading.IsCrossed);
            Assert.True(reading.EventsUntil <= last);
            last = reading.EventsUntil;
        }

        Assert.Equal(long.MaxValue, ExperimentGuards.EventsUntil(Given().Experiment, Statistics(scenario, 20, 20)));
    }

    [Theory]
    [InlineData("""[{"id":"a","guardrail":true}]""", "$.metrics")]
    [InlineData("""[{"id":"a","primary":true,"guardrail":true},{"id":"b"}]""", "$.metrics[0].guardrail")]
    public void The_primary_metric_is_never_a_guardrail(string metrics, string path)
    {
        var refusal = ExperimentDefinitionJson.Parse("price", System.Text.Encoding.UTF8.GetBytes($$"""{"metrics":{{metrics}}}""")).Refusal!;
        Assert.Equal(("guardrail-primary", path), (refusal.Code, refusal.Errors[0].Path));
    }

    [Fact]
    public void The_first_metric_that_is_no_guardrail_is_primary()
        => Assert.Equal("signup", Define(Guarded()).Primary.Id);

    [Fact]
    public void A_trip_survives_the_journal()
    {
        var scenario = Given(Guarded()).With((1_000, 20), (1_000, 80)).When(Look);
        var read = Assert.IsType<ExperimentEvent.GuardTripped>(Assert.Single(ExperimentJournal.Read(ExperimentJournal.Write(scenario.Events))));
        var experiment = scenario.ThenApplied();
        var restored = Assert.IsType<Experiment>(ExperimentJournal.Restore([.. ExperimentJournal.Snapshot(experiment).SelectMany(part => part.ToArray())]));
        Assert.Equal(experiment.Trips, restored.Trips);
        Assert.Equal(experiment.Trips[0], read.Trip);
        Assert.Equal(experiment.Alternatives, restored.Alternatives);
        Assert.Equal(experiment.Decisions[^1].Guardrail, restored.Decisions[^1].Guardrail);
    }

    private static string Guarded(string action = "drop", double margin = 0) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $$$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"errors","goal":"decrease","guardrail":{"margin":{{{margin}}},"action":"{{{action}}}"}},{"id":"signup"}]}""");

    private static ExperimentStatistics Statistics(Scenario scenario, long a, long b)
    {
        AlternativeStatistics[] rows = [Row(a), Row(b)];
        return new ExperimentStatistics(scenario.Experiment.Metrics, rows, [new EpochStatistics(0, rows)]);

        static AlternativeStatistics Row(long converted) => new(1_000, [new(converted, converted, Moments.FromConversions(1_000, converted)), default]);
    }

    private static MetricStatistics Totals(long people, double mean)
        => new(people, people, Moments.FromSummary(people, mean, 3));
}
