using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

/// <summary>
/// What the usual bandit loses in a world where plain totals mislead. A small world; <c>Benchmarks bandits</c> plays whole ones beside the bandits
/// of the textbooks (docs/allocation.md).
/// </summary>
public class BanditWorldTests
{
    // What the same bandit lost in these runs when it went by plain totals.
    private const double ByTotals = 625.6;

    [Fact]
    public void Conversions_that_come_late_do_not_mislead()
    {
        var scenario = Scenario(""" , "delay": "P7D" """);
        var lost = Enumerable.Range(0, 3).Sum(run => new Simulator(scenario, Policy(scenario, "thompson:every=400"), $"world/{run}") { AsksVerdict = false }.Run(TestContext.Current.CancellationToken).Regret);
        Assert.True(lost < 0.8 * ByTotals, $"{lost} is lost, by totals {ByTotals}");
    }

    private static Bandstand.Experiments.ExperimentDefinition Policy(SimulationScenario scenario, string policy) => SimulatedPolicies.Parse(scenario, policy).Value.Definition;

    private static SimulationScenario Scenario(string world) => SimulationScenarioReader.Parse("world", Encoding.UTF8.GetBytes($$"""
        {
          "duration": "P50D",
          "traffic": {"perDay": 800},
          "experiment": {"alternatives": [{"key": "a"}, {"key": "b"}, {"key": "c"}], "default": "a", "metrics": [{"id": "signup"}]},
          "metrics": {"signup": {"rates": {"a": 0.1, "b": 0.11, "c": 0.1}{{world}} } }
        }
        """)).Value;
}
