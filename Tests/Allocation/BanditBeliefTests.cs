using System.Globalization;
using Bandstand.Allocation;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Statistics.Bayes;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Allocation;

/// <summary>What a bandit believes once weights have changed, and how old figures count.</summary>
public class BanditBeliefTests
{
    [Fact]
    public void A_discount_lets_figures_fade_with_every_interval_that_passed()
    {
        // 400 came since the first epoch ended: four intervals of a hundred, 0.9⁴ = 0.6561.
        var chosen = Weigh(Json(", \"discount\": 0.9"), [(1_000, 100), (1_000, 150)], [(200, 30), (200, 20)]);
        var exact = BayesianComparison.Of([
            new BetaPosterior(1 + 30 + (0.6561 * 100), 1 + 170 + (0.6561 * 900)), new BetaPosterior(1 + 20 + (0.6561 * 150), 1 + 180 + (0.6561 * 850))]);
        Assert.Equal(exact.ProbabilityBest.Select(p => Math.Round(p, 9)), chosen.Figures.Select(f => Math.Round(f.ProbabilityBest!.Value, 9)));
        Assert.Contains("figures count 0.9 times as much with every interval that passes", chosen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_discount_all_figures_count_alike()
    {
        (long, long)[] first = [(1_000, 100), (1_000, 150)], then = [(1_000, 150), (1_000, 100)];
        Assert.Equal([5_000, 5_000], Weigh(Json(", \"discount\": 1"), first, then).Weights);
        var usual = Weigh(Json(), first, then);
        Assert.Equal([5_000, 5_000], usual.Weights);
        Assert.DoesNotContain("times as much", usual.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stated_prior_does_not_fade()
    {
        var chosen = Weigh(Json(", \"discount\": 0.9", more: ", \"scoring\": {\"prior\": {\"signup\": {\"alpha\": 20, \"beta\": 80}}}"), [(1_000, 100), (1_000, 150)], [(200, 30), (200, 20)]);
        var exact = BayesianComparison.Of([
            new BetaPosterior(20 + 30 + (0.6561 * 100), 80 + 170 + (0.6561 * 900)), new BetaPosterior(20 + 20 + (0.6561 * 150), 80 + 180 + (0.6561 * 850))]);
        Assert.Equal(exact.ProbabilityBest[0], chosen.Figures[0].ProbabilityBest!.Value, 1e-9);
    }

    [Fact]
    public void A_discount_by_period_counts_the_time_that_passed()
    {
        var counts = Weigh(Json(", \"every\": {\"period\": \"P1D\"}, \"discount\": 0.5"), [(1_000, 100), (1_000, 150)], [(1_000, 100), (1_000, 100)], [(1_000, 100), (1_000, 100)]);

        // The first epoch ended a day before the last began, which is a day old.
        var exact = BayesianComparison.Of([new BetaPosterior(1 + 100 + 50 + 25, 1 + 900 + 450 + 225), new BetaPosterior(1 + 100 + 50 + 37.5, 1 + 900 + 450 + 212.5)]);
        Assert.Equal(exact.ProbabilityBest[1], counts.Figures[1].ProbabilityBest!.Value, 1e-9);
    }

    [Fact]
    public void Recent_people_who_have_not_converted_yet_are_not_mistaken_for_a_difference()
    {
        // Both convert one in ten in the end; b came out ahead by chance and got most of the newest, who had no time yet.
        var chosen = Weigh(Json(), [(2_000, 190), (2_000, 210)], [(400, 40), (3_600, 360)], [(400, 8), (3_600, 72)], [(400, 2), (3_600, 18)]);
        Assert.InRange(chosen.Figures[1].ProbabilityBest!.Value, 0.5, 0.95); // By the totals b is at 5.2 % against 7.5 %, and under 0.01.
        Assert.Contains("epochs are compared apart", chosen.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", \"discount\": 0.99")]
    [InlineData(", \"algorithm\": \"top-two\"")]
    public void A_season_that_all_share_is_not_mistaken_for_a_difference(string allocation)
    {
        // b is better in every epoch, and got its people when few convert.
        var json = Json(allocation).Replace("\"algorithm\": \"thompson\", ", allocation.Contains("algorithm", StringComparison.Ordinal) ? "" : "\"algorithm\": \"thompson\", ", StringComparison.Ordinal);
        var chosen = Weigh(json, [(4_500, 900), (500, 115)], [(500, 25), (4_500, 270)]);
        Assert.True(chosen.Figures[1].ProbabilityBest > 0.85, chosen.Reason);
    }

    [Fact]
    public void A_season_of_values_is_not_mistaken_either()
    {
        var chosen = Weigh(Json(metric: ", \"kind\": \"value\""), [Values(4_500, 20), Values(500, 20.4)], [Values(500, 10), Values(4_500, 10.4)]);
        Assert.True(chosen.Figures[1].ProbabilityBest > 0.95, chosen.Reason);
    }

    [Fact]
    public void The_decision_keeps_what_the_probabilities_were_computed_from()
    {
        var chosen = Weigh(Json(), [(2_000, 190), (2_000, 230)], [(400, 30), (3_600, 360)]);
        var believed = chosen.Figures.Select(f => f.Believed!).ToList();
        Assert.All(believed.Zip(chosen.Figures), x => Assert.InRange(x.First.Participants, 1, x.Second.Participants));
        var again = BayesianComparison.Of([.. believed.Select(b => new BetaPosterior(1 + (b.Participants * b.Mean), 1 + (b.Participants * (1 - b.Mean))))]);
        Assert.Equal(again.ProbabilityBest, chosen.Figures.Select(f => f.ProbabilityBest!.Value));
        Assert.Equal([.. again.ProbabilityBest.Select(p => (int)Math.Round(10_000 * p))], chosen.Weights);
        Assert.All(Weigh(Json(), [(2_000, 190), (2_000, 230)]).Figures, f => Assert.Null(f.Believed));
    }

    [Fact]
    public void Who_was_alone_for_long_is_known_no_better_than_those_who_came_can_tell()
    {
        // a was alone with 100 000, then 1 000 each of a and b; what came before says nothing of the difference.
        var long_ = Weigh(Json(), [(100_000, 10_000), (0, 0)], [(1_000, 100), (1_000, 120)]);
        var short_ = Weigh(Json(), [(1_000, 100), (1_000, 120)]);
        Assert.Equal(short_.Figures[1].ProbabilityBest!.Value, long_.Figures[1].ProbabilityBest!.Value, 0.02);
        var pooled = BayesianComparison.Of([BetaPosterior.Of(101_000, 10_100), BetaPosterior.Of(1_000, 120)]);
        Assert.True(pooled.ProbabilityBest[1] > long_.Figures[1].ProbabilityBest + 0.03);
    }

    [Fact]
    public void Values_fade_too()
    {
        var chosen = Weigh(Json(", \"discount\": 0.5", metric: ", \"kind\": \"value\""), [Values(500, 10), Values(500, 12)], [Values(500, 12), Values(500, 10)]);
        Assert.True(chosen.Weights[0] > 9_500, chosen.Reason);
    }

    [Fact]
    public void What_was_true_once_is_given_up_when_it_is_not_any_more()
    {
        (long, long)[][] epochs =
        [
            .. Enumerable.Range(0, 12).Select(_ => new[] { (600L, 84L), (600L, 42L) }),
            .. Enumerable.Range(0, 8).Select(_ => new[] { (600L, 42L), (600L, 84L) }),
        ];

        Assert.True(Weigh(Json(", \"discount\": 1"), epochs).Weights[1] < 500);
        Assert.True(Weigh(Json(", \"discount\": 0.98"), epochs).Weights[1] > 5_000);
    }

    [Fact]
    public void Direction_and_order_make_no_difference()
    {
        (long Shown, long Converted)[][] epochs = [[(900, 90), (900, 100), (900, 110)], [(200, 30), (300, 28), (600, 50)], [(100, 12), (300, 35), (800, 70)]];
        var more = Weigh(Json(", \"discount\": 0.95", arms: 3), epochs).Weights;
        var less = Weigh(Json(", \"discount\": 0.95", arms: 3, metric: ", \"goal\": \"decrease\""), [.. epochs.Select(e => e.Select(x => (x.Shown, x.Shown - x.Converted)).ToArray())]).Weights;
        var backward = Weigh(Json(", \"discount\": 0.95", arms: 3), [.. epochs.Select(e => e.Reverse().ToArray())]).Weights;

        Assert.All(more.Zip(less), x => Assert.InRange(x.First - x.Second, -1, 1));
        Assert.All(more.Zip(backward.Reverse()), x => Assert.InRange(x.First - x.Second, -1, 1));
        Assert.Equal(10_000, more.Sum());
    }

    [Fact]
    public void Whatever_the_history_nobody_falls_below_the_floor_and_who_is_new_keeps_its_weight()
    {
        var random = new Random(20_261_121);
        for (var round = 0; round < 40; round++)
        {
            var arms = random.Next(2, 7);
            var json = Json(round % 3 == 0 ? ", \"discount\": 0.7, \"floor\": 0.03" : ", \"floor\": 0.03", arms: arms).Replace("thompson", round % 2 == 0 ? "thompson" : "top-two", StringComparison.Ordinal);
            var fresh = round % 4 == 0 ? arms - 1 : -1;
            (long, long)[][] epochs =
            [
                .. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Enumerable.Range(0, arms).Select(arm => arm == fresh ? 0 : random.Next(0, 400)).Select(n => ((long)n, (long)random.Next(0, (n / 5) + 1))).ToArray()),
                [.. Enumerable.Range(0, arms).Select(arm => arm == fresh ? (0L, 0L) : (200L, 20L))],
            ];
            var chosen = Weigh(json, epochs);
            Assert.Equal(10_000, chosen.Weights.Sum());
            Assert.All(chosen.Weights, w => Assert.InRange(w, 300, 10_000));
            Assert.Equal(1, chosen.Figures.Sum(f => f.ProbabilityBest ?? 0), 1e-9);
            if (fresh >= 0)
            {
                var held = Math.Max(300, 10_000 / (epochs.Length + arms - 1)); // What the last weights by hand gave it.
                Assert.InRange(chosen.Weights[fresh], held - 1, held + 1);
            }
        }
    }

    [Fact]
    public void An_epoch_ends_in_time_though_the_weights_stay_unless_all_figures_count_alike()
    {
        var scenario = Scenario.Given(Json(", \"discount\": 0.9")).With((1_000, 100), (1_000, 200)).And(new ExperimentCommand.Rebalance()).With((1_000, 100), (1_000, 200));
        var kept = scenario.When(new ExperimentCommand.Rebalance()).Then<ExperimentEvent.Rebalanced>();
        Assert.Equal(scenario.Experiment.Epoch.Weights, kept.Weights);
        Assert.Contains("Weights stay; a new epoch begins", kept.Reason, StringComparison.Ordinal);
        Assert.Equal(2, scenario.ThenApplied().Epoch.Number);

        Scenario.Given(Json(", \"discount\": 1")).With((1_000, 100), (1_000, 200)).And(new ExperimentCommand.Rebalance()).With((1_000, 100), (1_000, 200))
            .When(new ExperimentCommand.Rebalance()).ThenNothing();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.05")]
    [InlineData("1.01")]
    public void A_discount_outside_its_range_is_refused_with_the_range(string discount)
    {
        var refusal = ExperimentDefinitionJson.Parse("price", System.Text.Encoding.UTF8.GetBytes(Json($", \"discount\": {discount}"))).Refusal;
        var error = Assert.Single(refusal!.Errors);
        Assert.Equal(("$.allocation.discount", "out-of-range"), (error.Path, error.Code));
        Assert.Contains("from 0.1 to 1", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_discount_is_written_as_it_was_read()
    {
        var definition = Scenario.Define(Json(", \"discount\": 0.97"));
        Assert.Equal(0.97, Assert.IsType<BanditAllocation>(definition.Allocation).Discount);
        Assert.Contains("\"discount\":0.97", ExperimentDefinitionJson.Canonical(definition), StringComparison.Ordinal);
        Assert.DoesNotContain("discount", ExperimentDefinitionJson.Canonical(Scenario.Define(Json())), StringComparison.Ordinal);
    }

    private static ChosenWeights Weigh(string json, params (long Shown, long Converted)[][] epochs)
        => Weigh(json, [.. epochs.Select(e => e.Select(x => new MetricStatistics(x.Converted, x.Converted, Moments.FromConversions(x.Shown, x.Converted))).ToArray())]);

    /// <summary>Figures by epoch; a day passes from one to the next.</summary>
    private static ChosenWeights Weigh(string json, params MetricStatistics[][] epochs)
    {
        var scenario = Scenario.Given(json);
        for (var e = 1; e < epochs.Length; e++)
        {
            var weights = epochs[0].Select((_, i) => (Key: $"k{i}", Weight: i == 0 ? 1.0 + e : 1));
            scenario = scenario.After(TimeSpan.FromDays(1)).And(new ExperimentCommand.SetWeights(weights.ToDictionary(x => x.Key, x => x.Weight), "next"));
        }

        EpochStatistics[] all = [.. epochs.Select((e, number) => new EpochStatistics(number, [.. e.Select(m => new AlternativeStatistics(m.Moments.Count, [m]))]))];
        var statistics = ExperimentStatistics.Merge([new ShardStatistics(scenario.Experiment.Metrics, epochs[0].Length, all)]);
        return ThompsonPolicy.Weights(scenario.Experiment, statistics, (BanditAllocation)scenario.Experiment.LastPut.Allocation);
    }

    private static MetricStatistics Values(long count, double mean) => new(count, count, new Moments(count, mean, 16.0 * (count - 1)));

    private static string Json(string allocation = "", string metric = "", string more = "", int arms = 2)
    {
        var alternatives = string.Join(", ", Enumerable.Range(0, arms).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"key\": \"k{i}\"}}")));
        return $$$"""{"alternatives": [{{{alternatives}}}], "default": "k0", "metrics": [{"id": "signup"{{{metric}}}}], "allocation": {"policy": "bandit", "algorithm": "thompson", "burnIn": 1{{{(allocation.Contains("floor", StringComparison.Ordinal) ? "" : ", \"floor\": 0")}}}{{{allocation}}}}{{{more}}}}""";
    }
}
