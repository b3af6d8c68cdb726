using System.Globalization;
using System.Text;
using Bandstand.Experiments;
using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

public class SimulatedGuardrailTests
{
    [Theory]
    [InlineData("fixed")]
    [InlineData("thompson")]
    public void A_harmful_alternative_is_dropped_and_counted(string policy)
    {
        var run = Play(policy, "drop", 0.3);

        var trip = Assert.Single(run.Experiment.Trips);
        Assert.Equal((1, "b", "errors"), (run.GuardTrips, trip.Alternative, trip.Metric));
        Assert.Equal(0, run.Experiment.Epoch.Weights[1]);
        Assert.Equal(1, run.WeightsByDay[0][^1]);
    }

    [Fact]
    public void It_is_dropped_by_the_event_that_is_too_many_and_not_at_the_next_look()
    {
        var run = Play("fixed", "drop", 0.5);

        var decision = run.Experiment.Decisions.Single(d => d.Kind == "guardrail");
        Assert.NotEqual(0, (decision.At - run.Experiment.CreatedAt).Ticks % TimeSpan.TicksPerHour);
        Assert.InRange(run.Experiment.Trips[0].EValue, 100, 250); // One event more can at most about double it.
    }

    [Fact]
    public void What_a_guardrail_ends_names_no_winner()
    {
        var run = Play("fixed", "default", 0.3);

        Assert.Equal((ExperimentStatus.Completed, 0, 1), (run.Experiment.Status, run.Experiment.Outcome, run.GuardTrips));
        Assert.Null(run.DecidedAfter);
        Assert.Equal(4_000, run.People);
    }

    [Fact]
    public void A_guardrail_that_disables_leaves_everybody_the_default()
    {
        var run = Play("fixed", "disable", 0.3);

        Assert.Equal((ExperimentStatus.Disabled, 1), (run.Experiment.Status, run.GuardTrips));
    }

    [Fact]
    public void Where_nothing_differs_it_hardly_ever_acts()
    {
        // At most 1 in 100 by its guarantee: 3 of 40 has a probability of 0.7 %, and these runs are always the same.
        Assert.InRange(Enumerable.Range(0, 40).Sum(i => Play("fixed", "drop", 0.1, $"1/{i}").GuardTrips), 0, 2);
    }

    private static SimulationRun Play(string policy, string action, double errorsOfB, string name = "1/0")
    {
        var json = SimulatorTests.Json(rates: """{"a": 0.1, "b": 0.1}""")
            .Replace("\"conversion\"}]", $$$"""
                "conversion"}, {"id": "errors", "kind": "conversion", "goal": "decrease", "guardrail": {"action": "{{{action}}}"}}]
                """, StringComparison.Ordinal)
            .Replace(
                "\"metrics\": {\"signup\"",
                "\"metrics\": {\"errors\": {\"rates\": {\"a\": 0.1, \"b\": " + errorsOfB.ToString(CultureInfo.InvariantCulture) + "}}, \"signup\"",
                StringComparison.Ordinal);
        var scenario = SimulationScenarioReader.Parse("guarded", Encoding.UTF8.GetBytes(json)).Value;
        return new Simulator(scenario, SimulatedPolicies.Parse(scenario, policy).Value.Definition, name).Run(TestContext.Current.CancellationToken);
    }
}
