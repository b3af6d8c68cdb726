using System.Globalization;
using System.Text;
using Bandstand.Experiments;
using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

public class SimulatorTests
{
    [Fact]
    public void A_fixed_policy_loses_what_the_rates_say()
    {
        var run = Play("fixed", Scenario());

        // 200 a day for 20 days, half of them with 5 points less than the best.
        Assert.Equal(4_000, run.People);
        Assert.InRange(run.Regret, 0.05 * 1_900, 0.05 * 2_100);
        Assert.Equal((0, 1, 20), (run.Switches, run.Epochs, run.RegretByDay.Count));
        Assert.Equal(run.Regret, run.RegretByDay[^1]);
    }

    [Fact]
    public void A_bandit_finds_the_best_and_loses_less()
    {
        var run = Play("thompson", Scenario());

        Assert.InRange(run.Regret, 1, 0.05 * 1_000);
        Assert.True(run.Experiment.Epoch.Weights[1] > 9_500);
        Assert.Equal(run.WeightsByDay[1][^1], run.Experiment.Epoch.Weights[1] / 10_000.0);
        Assert.All(run.Experiment.Decisions.Where(d => d.Kind == "rebalanced"), d => Assert.Contains("is the best by 'signup' with a probability of", d.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Completion_ends_the_experiment_and_everybody_gets_the_outcome()
    {
        var run = Play("fixed", Scenario(more: """, "completeWhen": {"probability": 0.95, "perAlternative": 200}"""));

        Assert.Equal(ExperimentStatus.Completed, run.Experiment.Status);
        Assert.Equal((true, 1), (run.IsRight, run.Experiment.Outcome));
        Assert.InRange(run.DecidedAfter!.Value.TotalDays, 2, 19);
        Assert.Equal(run.RegretByDay[(int)run.DecidedAfter.Value.TotalDays + 1], run.Regret);
        Assert.Equal(4_000, run.People);
    }

    [Fact]
    public void A_deadline_is_no_decision()
    {
        var run = Play("fixed", Scenario(rateOfB: 0.1, more: """, "completeWhen": {"deadline": "P5D"}"""));

        Assert.Equal(ExperimentStatus.Completed, run.Experiment.Status);
        Assert.Equal(TimeSpan.FromDays(5), run.Experiment.CompletedAt - run.Experiment.StartedAt);
        Assert.Null(run.DecidedAfter);
    }

    [Fact]
    public void Timesteps_close_by_their_period_and_follow_a_flip()
    {
        var scenario = Scenario(rates: """{"a": [{"at": "P9D", "rate": 0.3}, {"at": "P10D", "rate": 0.1}], "b": 0.2}""");
        var run = Play("adaptive:period=P1D", scenario);

        Assert.Equal(20, run.Experiment.ClosedTimesteps.Length);
        Assert.Equal(("b", 1), (run.Experiment.ClosedTimesteps[^1].Winner, run.Switches));
        Assert.Equal(0, run.FalseSwitches);
    }

    [Fact]
    public void Late_events_count_when_they_come()
    {
        var prompt = Play("fixed", Scenario());
        var late = Play("fixed", Scenario(metric: """, "delay": {"mean": "P30D", "shape": "fixed"}"""));
        var never = Play("thompson:every=PT12H", Scenario(metric: """, "delay": {"mean": "P30D", "shape": "fixed"}"""));

        Assert.NotNull(prompt.DecidedAfter);
        Assert.Null(late.DecidedAfter);
        Assert.All(never.Experiment.Decisions, d => Assert.All(d.Figures ?? [], f => Assert.Equal(0, f.Converted)));
    }

    [Theory]
    [InlineData("thompson")]
    [InlineData("top-two")]
    [InlineData("adaptive:period=P2D")]
    public void The_same_name_plays_the_same_under_any_culture_and_another_name_other_people(string policy)
    {
        var before = CultureInfo.CurrentCulture;
        var first = Play(policy, Scenario());
        try
        {
            var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (strange.NumberFormat.NumberDecimalSeparator, strange.NumberFormat.NegativeSign, strange.NumberFormat.PercentSymbol) = (",", "~", "#");
            CultureInfo.CurrentCulture = strange;
            var again = Play(policy, Scenario());
            Assert.Equal(first.Regret, again.Regret);
            Assert.Equal(first.Experiment.Epochs.Select(e => string.Join(',', e.Weights)), again.Experiment.Epochs.Select(e => string.Join(',', e.Weights)));
            Assert.Equal(first.Experiment.Decisions.Select(d => d.Reason), again.Experiment.Decisions.Select(d => d.Reason));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.NotEqual(first.Regret, Play(policy, Scenario(), "2/0").Regret);
    }

    [Fact]
    public void Values_waves_and_drift_are_those_of_the_file()
    {
        var scenario = Scenario(
            kind: "value", metric: """, "values": {"mean": 40, "sigma": 1}, "wave": {"period": "P10D", "amplitude": 0.5}, "drift": {"every": "P2D", "sigma": 0.2}""");
        var world = new SimulatedWorld(scenario, "w");
        var outcomes = world.People().Select(p => world.Outcome(p, 0, 1)).ToList();

        Assert.Equal(scenario.Traffic.PerDay * 20, outcomes.Count);
        Assert.InRange(outcomes.Where(o => o.Converted).Average(o => o.Value), 32, 48);
        Assert.Equal(world.People().Sum(p => world.Expected(1, p.SinceMs)), outcomes.Sum(o => o.Value), tolerance: 0.2 * outcomes.Sum(o => o.Value));
        Assert.True(Math.Abs(world.Expected(1, 3_600_000) - world.Expected(1, 60 * 3_600_000)) > 0.4);
        Assert.NotEqual(world.Expected(0, 900_000_000) / world.Expected(1, 900_000_000), world.Expected(0, 100_000_000) / world.Expected(1, 100_000_000), 0.01);
    }

    [Fact]
    public void People_come_as_weekdays_and_hours_say()
    {
        var scenario = SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(Json().Replace(
            "\"perDay\": 200", "\"perDay\": 240, \"weekdays\": [0,1,1,1,1,1,2], \"hours\": [0,0,0,0,0,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1]", StringComparison.Ordinal))).Value;
        var people = new SimulatedWorld(scenario, "w").People().ToList();

        Assert.All(people, p => Assert.True(p.SinceMs / 3_600_000 % 24 >= 12));
        Assert.Equal([0, 240, 240, 240, 240, 240, 480], Enumerable.Range(0, 7).Select(day => people.Count(p => p.SinceMs / 86_400_000 == day)));
        Assert.Equal(people.OrderBy(p => p.SinceMs), people);
    }

    internal static SimulationScenario Scenario(double rateOfB = 0.15, string? rates = null, string metric = "", string more = "", string kind = "conversion")
        => SimulationScenarioReader.Parse("test", Encoding.UTF8.GetBytes(Json(rates ?? string.Create(CultureInfo.InvariantCulture, $$"""{"a": 0.1, "b": {{rateOfB}}}"""), metric, more, kind))).Value;

    internal static string Json(string rates = """{"a": 0.1, "b": 0.15}""", string metric = "", string more = "", string kind = "conversion") => $$$$"""
        {
          "duration": "P20D",
          "traffic": {"perDay": 200},
          "experiment": {"alternatives": [{"key": "a"}, {"key": "b"}], "default": "a", "metrics": [{"id": "signup", "kind": "{{{{kind}}}}"}]{{{{more}}}}},
          "metrics": {"signup": {"rates": {{{{rates}}}}{{{{metric}}}}}} // what they do
        }
        """;

    private static SimulationRun Play(string policy, SimulationScenario scenario, string name = "1/0")
        => new Simulator(scenario, SimulatedPolicies.Parse(scenario, policy).Value.Definition, name).Run(TestContext.Current.CancellationToken);
}
