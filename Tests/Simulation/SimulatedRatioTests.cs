using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

public class SimulatedRatioTests
{
    private const string Basket = """{"id": "basket", "kind": "ratio", "numerator": "revenue", "denominator": "orders", "primary": true}""";
    private const string Orders = """ "orders": {"rates": {"a": 0.2, "b": 0.3}, "values": {"mean": 2, "sigma": 0.5}} """;
    private const string Revenue = """ "revenue": {"after": "orders", "each": true, "rates": 1, "values": {"a": {"mean": 42, "sigma": 0.4}, "b": {"mean": 40, "sigma": 0.4}}} """;

    private const string Returning = """{"id": "returning", "kind": "retention", "numerator": "visit", "denominator": "signup", "primary": true}""";
    private const string Signup = """ "signup": {"rates": {"a": 0.4, "b": 0.3}} """;
    private const string Visit = """ "visit": {"after": "signup", "rates": {"a": 0.3, "b": 0.45}, "delay": {"mean": "P3D", "shape": "fixed"}} """;

    [Fact]
    public void A_ratio_is_of_totals_and_its_parts_come_together()
    {
        var scenario = Scenario(Basket, $"{Revenue}, {Orders}");
        var world = new SimulatedWorld(scenario, "w");
        var (orders, revenue) = (scenario.Events.ToList().FindIndex(e => e.Name == "orders"), scenario.Events.ToList().FindIndex(e => e.Name == "revenue"));
        var people = world.People().ToList();
        Assert.All(people, p => Assert.Equal(world.Outcome(p, orders, 0).Converted, world.Outcome(p, revenue, 0).Converted));

        // b has more of both, but less revenue an order.
        Assert.Equal((42, 40), (world.Expected(0, 0), world.Expected(1, 0)));
        Assert.Equal((0, 2 * 0.3 * 2), (world.Lost(people[0], 0), world.Lost(people[0], 1)));
        Assert.Equal(42, people.Sum(p => world.Outcome(p, revenue, 0).Value) / people.Sum(p => world.Outcome(p, orders, 0).Value), 1.0);
        Assert.True(people.Select(p => (Orders: world.Outcome(p, orders, 0).Value, Revenue: world.Outcome(p, revenue, 0).Value)).Where(x => x.Orders > 4).Average(x => x.Revenue) > 150);
    }

    [Fact]
    public void Retention_is_who_comes_back_of_those_who_had_begun()
    {
        var scenario = Scenario(Returning, $"{Signup}, {Visit}");
        var world = new SimulatedWorld(scenario, "w");
        var run = Play(scenario);

        Assert.Equal(0.3, world.Expected(0, 0), 1e-12);
        Assert.Equal(0.45, world.Expected(1, 0), 1e-12);
        Assert.Equal(0.15 * 0.4, world.Lost(default, 0), 1e-12);
        Assert.All(world.People().Where(p => world.Outcome(p, 1, 0).Converted), p => Assert.Equal(3 * 86_400_000, world.Outcome(p, 1, 0).DelayMs));
        Assert.Equal((true, 1), (run.IsRight, run.Epochs));
        Assert.True(run.DecidedAfter > TimeSpan.FromDays(3)); // Nobody can have come back earlier.
    }

    [Fact]
    public void The_same_event_twice_is_a_second_entry_of_that_event()
    {
        var again = Returning.Replace("\"signup\"", "\"visit\"", StringComparison.Ordinal);
        var scenario = Scenario(again, """ "visit": {"rates": 0.5}, "later": {"event": "visit", "after": "visit", "rates": {"a": 0.2, "b": 0.4}, "delay": "P2D"}, "third": {"event": "visit", "after": "later", "rates": 0.9, "delay": "P2D"} """);
        var world = new SimulatedWorld(scenario, "w");

        Assert.Equal(0.2, world.Expected(0, 0), 1e-12);
        Assert.Equal(0.4, world.Expected(1, 0), 1e-12);
        Assert.True(Play(scenario).IsRight);
    }

    [Fact]
    public void Whoever_has_any_of_several_entries_of_an_event_has_converted_and_totals_add_up()
    {
        const string Twice = """ "bought": {"rates": {"a": 0.2, "b": 0.1}}, "by phone": {"event": "bought", "rates": {"a": 0.5, "b": 0.5}}, "more": {"event": "bought", "after": "by phone", "rates": 0.5} """;
        var conversion = new SimulatedWorld(Scenario("""{"id": "bought", "kind": "conversion"}""", Twice), "w");
        var count = new SimulatedWorld(Scenario("""{"id": "bought", "kind": "count"}""", Twice), "w");

        Assert.Equal(1 - (0.8 * 0.5), conversion.Expected(0, 0), 1e-12);
        Assert.Equal(0.2 + 0.5 + 0.25, count.Expected(0, 0), 1e-12);
    }

    [Theory]
    [InlineData(Basket, Revenue, "$.metrics.orders", "The primary metric 'basket' is made of it")]
    [InlineData(Basket, Orders + """, "basket": {"rates": 0.1}""", "$.metrics.basket", "follows from the events 'revenue' and 'orders'")]
    [InlineData(Basket, Orders + ", \"revenu\": {\"rates\": 0.1}", "$.metrics.revenu", "Use one of: revenue, orders")]
    [InlineData(Basket, Orders + """, "revenue": {"rates": 0.1, "after": "order"}""", "$.metrics.revenue.after", "Use one of: 'orders'")]
    [InlineData(Basket, Orders + """, "revenue": {"rates": 0.1, "event": "x"}""", "$.metrics.revenue.event", "counts no event 'x'")]
    [InlineData(Basket, Orders + """, "revenue": {"rates": 0.1, "each": true}""", "$.metrics.revenue.each", "there is none")]
    [InlineData(Basket, """ "orders": {"rates": 0.1, "after": "revenue"}, "revenue": {"rates": 0.1, "after": "orders"}""", "$.metrics.revenue.after", "after itself")]
    [InlineData(Returning, Signup + """, "visit": {"rates": 0.1, "delay": "P1D"}""", "$.metrics.visit.after", "'visit' after 'signup'")]
    [InlineData(Returning, Signup + """, "visit": {"rates": 0.1, "after": "signup"}""", "$.metrics.visit.delay", "how much later")]
    [InlineData("""{"id": "r", "kind": "retention", "numerator": "visit", "denominator": "visit"}""", """ "visit": {"rates": 0.1}""", "$.metrics['visit-again']", "twice")]
    public void What_is_wrong_is_named_with_its_path_and_what_to_write(string metric, string events, string path, string says)
    {
        var refusal = SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(Json(metric, events))).Refusal;

        Assert.NotNull(refusal);
        Assert.Contains(refusal.Errors, e => e.Path == path && e.Detail.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void A_bandit_learns_from_a_ratio()
    {
        var scenario = Scenario(Basket, $"{Revenue}, {Orders}");
        var learnt = new Simulator(scenario, SimulatedPolicies.Parse(scenario, "thompson").Value.Definition, "1/0").Run(TestContext.Current.CancellationToken);
        Assert.True(learnt.Regret < 0.5 * Play(scenario).Regret, $"{learnt.Regret} is lost, evenly {Play(scenario).Regret}");
    }

    private static string Json(string metric, string events) => $$"""
        {
          "duration": "P20D", "traffic": {"perDay": 500},
          "experiment": {"alternatives": [{"key": "a"}, {"key": "b"}], "default": "a", "metrics": [{{metric}}]},
          "metrics": { {{events}} }
        }
        """;

    private static SimulationScenario Scenario(string metric, string events) => SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(Json(metric, events))).Value;

    private static SimulationRun Play(SimulationScenario scenario)
        => new Simulator(scenario, scenario.Experiment, "1/0").Run(TestContext.Current.CancellationToken);
}
