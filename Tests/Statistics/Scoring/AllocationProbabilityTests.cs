using System.Text.Json;
using Bandstand.Allocation;
using Bandstand.Experiments;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Statistics.Scoring.ScoreData;

namespace Bandstand.Tests.Statistics.Scoring;

public class AllocationProbabilityTests
{
    [Fact]
    public void Conversions_give_what_exact_integration_gives()
    {
        var path = SharedGolden.Find("vanity/vanity.json");
        Assert.SkipWhen(path is null, "vanity/vanity.json not found");
        using var golden = JsonDocument.Parse(File.ReadAllText(path));
        Assert.All(golden.RootElement.GetProperty("bayes").EnumerateArray(), row =>
        {
            var sets = row.GetProperty("sets").EnumerateArray().Select(set => new[] { set[0].GetInt64(), set[1].GetInt64() });
            var arms = Conversions([.. sets]);
            var shares = Scorer.ProbabilityBest(arms, 1, MetricKind.Conversion);
            var report = Scorer.Score(arms, Request(ScoreMethod.Bayes));
            var expected = row.GetProperty("exact_percent").EnumerateArray().Select(p => p.GetDouble()).ToArray();
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], 100 * shares[i], 1e-6);
                Assert.Equal(shares[i], report.Alternatives[i].ProbabilityBest);
            }
        });
    }

    [Theory]
    [InlineData(MetricKind.Conversion)]
    [InlineData(MetricKind.Value)]
    public void Shares_sum_to_one_and_closed_alternatives_get_none(MetricKind kind)
    {
        var arms = kind == MetricKind.Conversion
            ? Conversions([900, 90], [1000, 120], [0, 0], [1000, 100])
            : Values(Totals(1, 50, 3), Totals(2, 50, 4), [1], Totals(3, 50, 3.5));
        arms[3] = arms[3] with { IsOpen = false };
        var shares = Scorer.ProbabilityBest(arms, 1, kind);
        Assert.Equal(1, shares.Sum(), 1e-12);
        Assert.Equal(0, shares[3]);
        Assert.True(shares[1] > shares[0]);
    }

    [Fact]
    public void A_mean_without_a_posterior_gets_an_even_share()
    {
        var shares = Scorer.ProbabilityBest(Values(Totals(1, 500, 3), Totals(2, 500, 9), [1]), 1, MetricKind.Value);
        Assert.Equal(1.0 / 3, shares[2], 1e-15);
        Assert.Equal(2.0 / 3, shares[1], 1e-6);
        Assert.All(Scorer.ProbabilityBest(Values([5, 5, 5], [6, 6, 6]), 1, MetricKind.Value), share => Assert.Equal(0.5, share));
    }

    [Fact]
    public void Totals_without_spread_are_judged_by_the_spread_of_the_others()
    {
        var shares = Scorer.ProbabilityBest(Values(new double[500], Totals(2, 500, 9)), 1, MetricKind.Value);
        Assert.Equal(1, shares[1], 1e-9);
    }

    [Fact]
    public void Weights_and_scores_rest_on_the_same_probabilities()
    {
        var arms = Values(new double[80], Totals(2, 50, 4), Totals(3, 60, 5), [1, 2]);
        var judged = new BestProbabilities(arms, _ => true, new MetricDefinition("revenue", MetricKind.Value, MetricGoal.Decrease));
        var weights = judged.Best().Select(probability => (double?)probability);
        var report = Scorer.Score(arms, Request(ScoreMethod.Bayes, MetricKind.Value, -1));
        Assert.Equal(weights, report.Alternatives.Select(row => row.ProbabilityBest));
        Assert.Equal(weights, Scorer.ProbabilityBest(arms, -1, MetricKind.Value).Select(share => (double?)share));
    }

    [Theory]
    [InlineData(MetricKind.Conversion)]
    [InlineData(MetricKind.Count)]
    public void Less_is_better_asks_for_the_other_end(MetricKind kind)
    {
        var arms = kind == MetricKind.Conversion ? Conversions([900, 90], [1000, 120]) : Values(Totals(1, 50, 3), Totals(2, 50, 4));
        var (up, down) = (Scorer.ProbabilityBest(arms, 1, kind), Scorer.ProbabilityBest(arms, -1, kind));
        Assert.Equal(up[0], down[1], 1e-12);
        Assert.Equal(up[1], down[0], 1e-12);
    }
}
