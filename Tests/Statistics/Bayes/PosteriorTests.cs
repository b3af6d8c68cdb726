using Bandstand.Statistics.Bayes;

namespace Bandstand.Tests.Statistics.Bayes;

public class PosteriorTests
{
    [Fact]
    public void Credible_intervals_agree_with_SciPys()
    {
        foreach (var row in GoldenFigures.Cases("bayes-beta"))
        {
            var arms = row.GetProperty("arms").EnumerateArray().ToList();
            for (var i = 0; i < arms.Count; i++)
            {
                var interval = new BetaPosterior(arms[i].Number("alpha"), arms[i].Number("beta")).CredibleInterval(0.95);
                Assert.Equal(row.GetProperty("ci95")[i][0].GetDouble(), interval.Lower, 1e-11);
                Assert.Equal(row.GetProperty("ci95")[i][1].GetDouble(), interval.Upper, 1e-11);
            }
        }
    }

    [Theory]
    [InlineData(0.2, 5)]
    [InlineData(1, 1)]
    [InlineData(3, 1_000_000)]
    [InlineData(1_000_000, 2_000_000)]
    public void Quantiles_are_the_inverse_of_the_distribution_function(double alpha, double beta)
    {
        foreach (var p in new[] { 1e-9, 0.025, 0.3, 0.5, 0.9, 0.975, 0.999999 })
        {
            var x = new BetaPosterior(alpha, beta).Quantile(p);
            Assert.Equal(p, Bandstand.Statistics.Distributions.IncompleteBeta.Regularized(alpha, beta, x), 1e-9);
            Assert.Equal(1 - x, new BetaPosterior(beta, alpha).Quantile(1 - p), 1e-9);
        }
    }

    [Fact]
    public void Narrow_wide_and_distant_posteriors_agree_with_40_digit_references_to_1e_11()
    {
        foreach (var row in GoldenFigures.Cases("bayes-beta-edges"))
        {
            var posteriors = row.GetProperty("arms").EnumerateArray().Select(arm => new BetaPosterior(arm.Number("alpha"), arm.Number("beta"))).ToArray();
            var comparison = BayesianComparison.Of(posteriors, 0);
            var without = TopTwo.Of(posteriors);
            Assert.Equal(row.Number("eMax"), comparison.ExpectedMaximum, 1e-12);
            for (var i = 0; i < posteriors.Length; i++)
            {
                Assert.Equal(row.GetProperty("pBest")[i].GetDouble(), comparison.ProbabilityBest[i], 1e-11);
                Assert.Equal(row.GetProperty("pBest")[i].GetDouble(), without.ProbabilityBest[i], 1e-10);

                // Exact to the width of the posteriors, not to 1.
                Assert.Equal(row.GetProperty("expectedLoss")[i].GetDouble(), comparison.ExpectedLoss[i], 1e-9 * posteriors.Max(p => p.StandardDeviation));
            }
        }
    }

    [Fact]
    public void Beating_the_reference_is_being_the_best_of_the_two()
    {
        BetaPosterior[] posteriors = [new(101, 901), new(121, 881), new(96, 906), new(2, 2), new(5, 400)];
        var comparison = BayesianComparison.Of(posteriors, 2);
        Assert.Equal(0.5, comparison.BeatsReference[2], 1e-12);
        foreach (var i in new[] { 0, 1, 3, 4 })
        {
            Assert.Equal(BayesianComparison.Of([posteriors[i], posteriors[2]]).ProbabilityBest[0], comparison.BeatsReference[i], 1e-11);
        }

        Assert.Empty(BayesianComparison.Of(posteriors).BeatsReference);
    }

    [Fact]
    public void Posteriors_that_hardly_overlap_have_probabilities_that_are_tiny_and_right_to_a_percent()
    {
        // Vanity's golden set "overwhelming": 9.281428876700598e-24 percent.
        var comparison = BayesianComparison.Of([BetaPosterior.Of(1000, 50), BetaPosterior.Of(1000, 200)]);
        Assert.InRange(comparison.ProbabilityBest[0] / 9.281428876700598e-26, 0.99, 1.01);
    }

    [Fact]
    public void A_posterior_of_a_billion_beside_an_empty_one_and_one_far_away_keeps_its_share()
    {
        var comparison = BayesianComparison.Of([BetaPosterior.Of(1_000_000_000, 500_000_000), BetaPosterior.Of(0, 0), BetaPosterior.Of(1_000_000_000, 1_000)]);
        Assert.Equal(0.5, comparison.ProbabilityBest[0], 1e-9);
        Assert.Equal(0.5, comparison.ProbabilityBest[1], 1e-9);
        Assert.Equal(0, comparison.ProbabilityBest[2], 1e-12);
    }

    [Fact]
    public void Posteriors_print_their_parameters_and_not_their_mirrors()
    {
        Assert.Equal("Beta(1.5, 2)", new BetaPosterior(1.5, 2).ToString());
        Assert.Equal("Normal(1, 0.5)", new NormalPosterior(1, 0.5).ToString());
        Assert.Equal("Student(1, 0.5, 9)", new StudentPosterior(1, 0.5, 9).ToString());
    }

    [Theory]
    [InlineData(1e-6, 1e-2)]
    [InlineData(1e-8, 1e-6)]
    public void Posteriors_as_narrow_as_numbers_can_tell_apart_are_compared_with_wide_ones(double deviation, double tolerance)
    {
        var comparison = BayesianComparison.Of([new NormalPosterior(1e9, deviation), new NormalPosterior(1e9 + 0.5, 1)], 0);

        Assert.Equal(0.30853753872598690, comparison.ProbabilityBest[0], tolerance);
        Assert.InRange(comparison.BeatsReference[1], 0.68, 0.70);
    }

    [Fact]
    public void Posteriors_narrower_than_numbers_can_tell_have_no_probability()
        => Assert.All(BayesianComparison.Of([new NormalPosterior(100, 1e-16), new NormalPosterior(99.5, 1)]).ProbabilityBest, p => Assert.Equal(double.NaN, p));

    [Fact]
    public void A_reference_that_is_not_there_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => BayesianComparison.Of([BetaPosterior.Of(1, 1)], 1));
}
