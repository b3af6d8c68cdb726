using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

public class ThompsonPolicyTests
{
    [Fact]
    public void Two_million_participants_at_10_and_10_09_percent_get_1_713_and_98_287_percent()
    {
        var rebalanced = Rebalanced(Bandit(floor: 0), (1_000_000, 100_000), (1_000_000, 100_900));
        Assert.Equal([171, 9_829], rebalanced.Weights);
        Assert.Equal([0.01713, 0.98287], rebalanced.Figures.Select(f => Math.Round(f.ProbabilityBest!.Value, 5)));
    }

    [Fact]
    public void Vanitys_five_arms_get_the_probabilities_of_its_tables()
    {
        // The exact probabilities of an independent integration of four Beta posteriors.
        var rebalanced = Rebalanced(Bandit(floor: 0, arms: 4), (182, 35), (180, 45), (189, 28), (188, 61));
        Assert.Equal([12, 578, 1, 9_409], rebalanced.Weights);
    }

    [Fact]
    public void No_open_alternative_falls_below_the_floor()
    {
        var rebalanced = Rebalanced(Bandit(floor: 0.05, arms: 3), (10_000, 1_000), (10_000, 1_500), (10_000, 900));
        Assert.Equal([500, 9_000, 500], rebalanced.Weights);
    }

    [Fact]
    public void An_empty_alternative_gets_an_even_share_not_86_percent()
    {
        var rebalanced = Rebalanced(Bandit(floor: 0.01, arms: 5, burnIn: 100), (1_000, 100), (0, 0), (1_000, 120), (990, 130), (1_010, 140));
        Assert.Equal(2_000, rebalanced.Weights[1]);
        Assert.Equal(10_000, rebalanced.Weights.Sum());
        Assert.Null(rebalanced.Figures[1].ProbabilityBest);
        Assert.Equal(1, rebalanced.Figures.Sum(f => f.ProbabilityBest ?? 0), 1e-9);
        Assert.Contains("'k1' kept an even share", rebalanced.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void While_everybody_is_in_burn_in_weights_stay_even()
        => Scenario.Given(Bandit(floor: 0.01, burnIn: 1_000)).With((500, 10), (500, 100)).When(new ExperimentCommand.Rebalance()).ThenNothing();

    [Fact]
    public void Less_is_better_mirrors_more_is_better()
    {
        var more = Rebalanced(Bandit(floor: 0), (1_000, 100), (1_000, 120));
        var less = Rebalanced(Bandit(floor: 0, metric: """ "goal":"decrease" """), (1_000, 900), (1_000, 880));
        Assert.Equal(more.Weights, less.Weights);
        Assert.True(more.Weights[1] > 9_000);
    }

    [Fact]
    public void Values_are_compared_by_their_means_in_both_directions()
    {
        var arms = new[] { Values(1_000, 10, 4), Values(1_000, 10.2, 4) };
        var more = Rebalanced(Bandit(floor: 0, metric: """ "kind":"value" """), arms);
        var less = Rebalanced(Bandit(floor: 0, metric: """ "kind":"value","goal":"decrease" """), arms);

        // d = 0.2, se = 4 √(2/1000) = 0.1789: Φ(1.118) = 0.868
        Assert.InRange(more.Weights[1], 8_660, 8_700);
        Assert.Equal(more.Weights, less.Weights.Reverse());
    }

    [Fact]
    public void An_alternative_that_nobody_bought_in_borrows_the_spread_of_the_others()
    {
        var rebalanced = Rebalanced(Bandit(floor: 0.01, metric: """ "kind":"value" """), Values(1_000, 0, 0), Values(1_000, 5, 20));
        Assert.Equal([100, 9_900], rebalanced.Weights);
        Scenario.Given(Bandit(floor: 0.01, metric: """ "kind":"value" """)).With(Values(1_000, 0, 0), Values(1_000, 0, 0)).When(new ExperimentCommand.Rebalance()).ThenNothing();
    }

    [Fact]
    public void Closed_alternatives_stay_closed()
    {
        var scenario = Scenario.Given(Bandit(floor: 0.01, arms: 3))
            .And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["k0"] = 1, ["k1"] = 1, ["k2"] = 0 }, "k2 is broken"))
            .With((1_000, 100), (1_000, 120), (1_000, 900))
            .When(new ExperimentCommand.Rebalance());
        var rebalanced = scenario.Then<ExperimentEvent.Rebalanced>();
        Assert.Equal(0, rebalanced.Weights[2]);
        Assert.True(rebalanced.Weights[1] > 9_000);
        Assert.Null(rebalanced.Figures[2].ProbabilityBest);
    }

    [Fact]
    public void The_same_figures_in_another_order_give_the_same_weights()
    {
        var forward = Rebalanced(Bandit(floor: 0.01, arms: 3), (1_000, 100), (1_000, 110), (1_000, 130)).Weights;
        var backward = Rebalanced(Bandit(floor: 0.01, arms: 3), (1_000, 130), (1_000, 110), (1_000, 100)).Weights;
        Assert.Equal(forward, backward.Reverse());
    }

    [Fact]
    public void Unchanged_weights_are_no_decision()
    {
        var scenario = Scenario.Given(Bandit(floor: 0)).With((1_000, 100), (1_000, 120)).And(new ExperimentCommand.Rebalance());
        scenario.When(new ExperimentCommand.Rebalance()).ThenNothing();
    }

    [Fact]
    public void Only_a_running_bandit_is_rebalanced_by_hand()
    {
        Scenario.Given().When(new ExperimentCommand.Rebalance()).ThenRefused(Bandstand.Ports.RefusalKind.Conflict, "nothing-to-rebalance");
        Scenario.Given(Bandit(floor: 0), new ExperimentCommand.Disable()).When(new ExperimentCommand.Rebalance()).ThenRefused(Bandstand.Ports.RefusalKind.Conflict, "experiment-disabled");
    }

    private static ExperimentEvent.Rebalanced Rebalanced(string definition, params (long, long)[] arms)
        => Scenario.Given(definition).With(arms).When(new ExperimentCommand.Rebalance()).Then<ExperimentEvent.Rebalanced>();

    private static ExperimentEvent.Rebalanced Rebalanced(string definition, params MetricStatistics[] arms)
        => Scenario.Given(definition).With(arms).When(new ExperimentCommand.Rebalance()).Then<ExperimentEvent.Rebalanced>();

    private static MetricStatistics Values(long count, double mean, double deviation) => new(count, count, new Moments(count, mean, deviation * deviation * (count - 1)));

    private static string Bandit(double floor, int arms = 2, int burnIn = 1, string metric = "")
    {
        var alternatives = string.Join(',', Enumerable.Range(0, arms).Select(i => $$"""{"key":"k{{i}}"}"""));
        var field = metric.Length > 0 ? "," + metric : string.Empty;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $$$"""{"alternatives":[{{{alternatives}}}],"default":"k0","metrics":[{"id":"signup"{{{field}}}}],"allocation":{"policy":"bandit","floor":{{{floor}}},"burnIn":{{{burnIn}}}}}""");
    }
}
