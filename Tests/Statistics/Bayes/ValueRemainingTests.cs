using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Tests.Statistics.Bayes;

public class ValueRemainingTests
{
    [Fact]
    public void It_is_what_four_million_draws_say()
    {
        foreach (var row in GoldenFigures.Cases("value-remaining"))
        {
            BetaPosterior[] posteriors = [.. row.GetProperty("arms").EnumerateArray().Select(a => new BetaPosterior(a[0].GetDouble(), a[1].GetDouble()))];
            var best = BayesianComparison.Of(posteriors).ProbabilityBest;

            Assert.Equal(row.Number("vr95"), ValueRemaining.Of(posteriors, best, +1), 5e-4);
            Assert.Equal(row.Number("potentialValueRemainingAt0.99"), ValueRemaining.Of(posteriors, best, +1, 0.99), 1e-3);

            // A grid four times as fine agrees much closer.
            Assert.Equal(ValueRemaining.Of(posteriors, best, +1, 0.95, 0.08), ValueRemaining.Of(posteriors, best, +1), 1e-6);
        }
    }

    [Fact]
    public void Less_is_better_mirrors_it()
    {
        // Of rates near 1 less failure is more success, but the ratio is to the rate itself: draws say how much.
        BetaPosterior[] posteriors = [new(40, 960), new(50, 950), new(45, 955)];
        var best = BayesianComparison.Of([.. posteriors.Select(p => p.Mirrored)]).ProbabilityBest;

        var value = ValueRemaining.Of(posteriors, best, -1);

        Assert.Equal(Drawn(posteriors, 0), value, 0.004);
        Assert.Equal(ValueRemaining.Of(posteriors, best, -1, 0.95, 0.08), value, 1e-6);
    }

    [Fact]
    public void Large_numbers_and_flat_priors_have_one_too()
    {
        BetaPosterior[] large = [new(1_000_000, 9_000_000), new(1_001_000, 8_999_000)];
        Assert.InRange(ValueRemaining.Of(large, BayesianComparison.Of(large).ProbabilityBest, 1), 0, 0.01);
        BetaPosterior[] flat = [new(1, 1), new(1, 1)];
        Assert.InRange(ValueRemaining.Of(flat, BayesianComparison.Of(flat).ProbabilityBest, 1), 5, 15); // P(y > (1 + v) x) = 1 / (2 (1 + v)): 9.
    }

    [Fact]
    public void Nothing_remains_where_the_best_is_sure()
    {
        BetaPosterior[] posteriors = [new(100, 900), new(200, 800)];
        Assert.Equal(0, ValueRemaining.Of(posteriors, BayesianComparison.Of(posteriors).ProbabilityBest, 1));
    }

    [Fact]
    public void Means_take_the_difference_over_the_mean()
    {
        // Two means of nearly normal posteriors: the difference is normal, and its 95 % quantile is known.
        StudentPosterior[] posteriors = [new(10, 0.3, 1e7), new(9.8, 0.4, 1e7)];
        var best = BayesianComparison.Of(posteriors).ProbabilityBest;

        Assert.Equal((-0.2 + (1.6448536269514722 * 0.5)) / 10, ValueRemaining.Of(posteriors, best), 1e-7);
    }

    [Theory]
    [InlineData(2.5, 8)]
    [InlineData(30, 0.5)]
    [InlineData(40_000, 3)]
    public void Means_of_few_participants_agree_with_a_grid_four_times_as_fine(double freedom, double scale)
    {
        StudentPosterior[] posteriors = [new(10, 1, freedom), new(9.8, scale, 3 * freedom), new(7, 0.3, 1e5), new(-400, 1, 50)];
        var best = BayesianComparison.Of(posteriors).ProbabilityBest;

        var value = ValueRemaining.Of(posteriors, best, 0.99);

        Assert.Equal(ValueRemaining.Of(posteriors, best, 0.99, 0.15), value, freedom < 10 ? 5e-5 : 1e-6);
        var leader = best.ToList().IndexOf(best.Max());
        var location = posteriors[leader].Location;
        var moved = posteriors.Select(p => p.Location == location ? p with { Location = location + (value * Math.Abs(location)) } : p).ToArray();
        Assert.Equal(0.99, BayesianComparison.Of(moved).ProbabilityBest[leader], 2e-6); // The hopeless are left out.
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(500_000)]
    public void The_largest_of_several_rates_has_the_product_of_their_distribution_functions(double size)
    {
        BetaPosterior[] posteriors = [new(1 + size, 9 * size), new(1.2 * size, 8.8 * size), new(0.5 + (0.1 * size), 0.9 * size)];
        var largest = LargestOf.Lay<LogitBeta>(Densities.Of(posteriors));
        for (var y = -30.0; y < 30; y += size > 1000 ? 0.0037 : 0.037)
        {
            var (x, complement) = (1 / (1 + Math.Exp(-y)), 1 / (1 + Math.Exp(y)));
            var product = posteriors.Aggregate(1.0, (all, p) => all * (x < p.Mean - (12 * p.StandardDeviation) ? 0 : IncompleteBeta.Regularized(p.Alpha, p.Beta, x, complement)));
            Assert.Equal(product, largest.At(y, out _), 2e-9);
        }
    }

    private static double Drawn(BetaPosterior[] posteriors, int best)
    {
        var random = new Random(7);
        var draws = new double[20_000];
        for (var i = 0; i < draws.Length; i++)
        {
            double[] rates = [.. posteriors.Select(p => p.Quantile(Math.Clamp(random.NextDouble(), 1e-12, 1 - 1e-12)))];
            draws[i] = (rates[best] - rates.Min()) / rates[best];
        }

        Array.Sort(draws);
        return draws[(int)(0.95 * draws.Length)];
    }
}
