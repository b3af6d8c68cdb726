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
    public void A_prior_of_the_definition_steers_weights()
    {
        var free = Rebalanced(Bandit(floor: 0), (200, 20), (200, 32));
        var bound = Rebalanced(Bandit(floor: 0).Replace("\"metrics\"", "\"scoring\":{\"prior\":{\"signup\":{\"alpha\":1000,\"beta\":9000}}},\"metrics\"", StringComparison.Ordinal), (200, 20), (200, 32));
        Assert.InRange(free.Weights[1], 9_500, 9_700);
        Assert.InRange(bound.Weights[1], 5_800, 6_500);
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
        Assert.Contains("is the best by 'signup' with a probability of over 99.99 % (1500 of 10000 converted, mean 0.15); 'k0', 'k2' kept the least weight of 5 %.", rebalanced.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_alternative_gets_an_even_share_not_86_percent()
    {
        var rebalanced = Rebalanced(Bandit(floor: 0.01, arms: 5, burnIn: 100), (1_000, 100), (0, 0), (1_000, 120), (990, 130), (1_010, 140));
        Assert.Equal(2_000, rebalanced.Weights[1]);
        Assert.Equal(10_000, rebalanced.Weights.Sum());
        Assert.Null(rebalanced.Figures[1].ProbabilityBest);
        Assert.Equal(1, rebalanced.Figures.Sum(f => f.ProbabilityBest ?? 0), 1e-9);
        Assert.Contains("'k1' kept its weight, at most an even share", rebalanced.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alternative_that_is_added_to_a_running_bandit_keeps_an_even_share_until_it_is_known()
    {
        var scenario = Scenario.Given(Bandit(floor: 0.01, burnIn: 100)).With((1_000, 100), (1_000, 140)).And(new ExperimentCommand.Rebalance());
        var added = scenario.When(Bandit(floor: 0.01, arms: 3, burnIn: 100)).ThenApplied().Epoch.Weights;
        Assert.InRange(added[2], 3_300, 3_334);
        Assert.True(added[1] > 50 * added[0]); // What was learnt of the others stays.

        scenario.With((1_000, 100), (1_000, 140), (99, 40)).When(new ExperimentCommand.Rebalance());
        Assert.InRange((scenario.Events.Count == 0 ? scenario.Experiment.Epoch.Weights : scenario.Then<ExperimentEvent.Rebalanced>().Weights)[2], 3_300, 3_334);
        Assert.True(scenario.With((1_000, 100), (1_000, 140), (100, 40)).When(new ExperimentCommand.Rebalance()).Then<ExperimentEvent.Rebalanced>().Weights[2] > 9_000);
    }

    [Fact]
    public void While_everybody_is_in_burn_in_weights_stay_even()
        => Scenario.Given(Bandit(floor: 0.01, burnIn: 1_000)).With((500, 10), (500, 100)).When(new ExperimentCommand.Rebalance()).ThenNothing();

    [Fact]
    public void While_nobody_can_be_judged_weights_given_by_hand_stay()
        => Scenario.Given(Bandit(floor: 0.01, burnIn: 1_000))
            .And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["k0"] = 99, ["k1"] = 1 }, "carefully"))
            .With((900, 90), (100, 40)).When(new ExperimentCommand.Rebalance()).ThenNothing();

    [Fact]
    public void Who_is_in_burn_in_keeps_a_weight_below_an_even_share()
    {
        var rebalanced = Scenario.Given(Bandit(floor: 0.01, burnIn: 100, arms: 3))
            .And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["k0"] = 45, ["k1"] = 50, ["k2"] = 5 }, "carefully"))
            .With((500, 50), (500, 50), (50, 40)).When(new ExperimentCommand.Rebalance()).Then<ExperimentEvent.Rebalanced>();
        Assert.Equal([4_750, 4_750, 500], rebalanced.Weights);
    }

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

    [Fact]
    public void Top_two_gives_half_to_whoever_would_be_best_without_the_best()
    {
        // p = 0.98287 and 0.01713: with two alternatives each gets ½ p + ½ (1 − p).
        Assert.Equal([5_000, 5_000], Weights(TopTwo(0, 7), (1_000_000, 100_000), (1_000_000, 100_900)));
        var three = Rebalanced(TopTwo(0, 3, arms: 3), (10_000, 1_500), (10_000, 1_300), (10_000, 900));
        Assert.Equal([5_000, 5_000, 0], three.Weights.Select(w => (int)Math.Round(w / 10.0) * 10));
        Assert.Equal(1, three.Figures[0].ProbabilityBest!.Value, 1e-4);
        Assert.Contains("half of the weight goes to who would be the best without the best", three.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Top_two_keeps_the_floor_the_direction_and_the_share_of_the_new_whatever_the_figures()
    {
        var random = new Random(20_260_131);
        for (var round = 0; round < 60; round++)
        {
            var arms = random.Next(2, 7);
            var floor = random.Next(0, 100 / arms) / 100.0;
            (long Shown, long Converted)[] figures = [.. Enumerable.Range(0, arms).Select(_ => random.Next(100, 5_000)).Select(n => ((long)n, (long)random.Next(0, n / 4)))];
            figures[round % arms] = round % 3 == 0 ? (0, 0) : figures[round % arms];
            var more = Weights(TopTwo(floor, 1, arms), figures);
            Assert.Equal(10_000, more.Sum());
            Assert.All(more, w => Assert.InRange(w, (int)(10_000 * floor), 10_000));
            Assert.Equal(more, Weights(TopTwo(floor, 1, arms, """ "goal":"decrease" """), [.. figures.Select(x => (x.Shown, x.Shown - x.Converted))]));
            if (round % 3 == 0)
            {
                Assert.InRange(more[round % arms], (10_000 / arms) - 1, (10_000 / arms) + 1);
            }
            else
            {
                var likely = Enumerable.Range(0, arms).MaxBy(i => (double)figures[i].Converted / figures[i].Shown);
                Assert.True(more[likely] >= 10_000 / arms * 0.9);
            }
        }
    }

    [Fact]
    public void Top_two_weighs_values_in_both_directions()
    {
        var more = Weights(TopTwo(0, 1, 3, """ "kind":"value" """), Values(1_000, 10, 4), Values(1_000, 10.2, 4), Values(1_000, 9, 4));
        var less = Weights(TopTwo(0, 1, 3, """ "kind":"value","goal":"decrease" """), Values(1_000, 9.2, 4), Values(1_000, 9, 4), Values(1_000, 10.2, 4));
        Assert.Equal(more, less);
        Assert.True(more[1] > more[2] && more[0] > more[2]);
    }

    private static int[] Weights(string definition, params (long, long)[] arms)
        => Weights(definition, [.. arms.Select(a => new MetricStatistics(a.Item2, a.Item2, Moments.FromConversions(a.Item1, a.Item2)))]);

    private static int[] Weights(string definition, params MetricStatistics[] arms)
    {
        var scenario = Scenario.Given(definition).With(arms).When(new ExperimentCommand.Rebalance());
        return [.. scenario.Events.Count == 0 ? scenario.Experiment.Epoch.Weights : scenario.Then<ExperimentEvent.Rebalanced>().Weights];
    }

    private static string TopTwo(double floor, int burnIn, int arms = 2, string metric = "")
        => Bandit(floor, arms, burnIn, metric).Replace("\"policy\":\"bandit\"", "\"policy\":\"bandit\",\"algorithm\":\"top-two\"", StringComparison.Ordinal);

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
