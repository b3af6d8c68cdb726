using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

public class NamedDrawsTests
{
    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(10, 0.04)]
    [InlineData(10, 0.97)]
    [InlineData(1_000, 0.1)]
    [InlineData(200_000, 0.5)]
    public void Binomial_numbers_have_the_mean_and_the_variance_of_their_distribution(long trials, double probability)
    {
        const int Draws = 6_000;
        var stream = new NamedDraws($"binomial/{trials}");
        var moments = Enumerable.Range(0, Draws).Aggregate(default(Bandstand.Statistics.Moments), (sum, _) => sum.Add(stream.NextBinomial(trials, probability)));

        var variance = trials * probability * (1 - probability);
        Assert.InRange(moments.Mean, (trials * probability) - (4 * Math.Sqrt(variance / Draws)), (trials * probability) + (4 * Math.Sqrt(variance / Draws)));
        Assert.InRange(moments.Variance!.Value / variance, 0.91, 1.09);
    }

    [Fact]
    public void Binomial_numbers_are_those_of_as_many_throws()
    {
        // P(X = k) of 5 throws at 0.3, from the formula.
        double[] expected = [0.16807, 0.36015, 0.3087, 0.1323, 0.02835, 0.00243];
        var stream = new NamedDraws("five");
        var counts = new double[6];
        for (var i = 0; i < 50_000; i++)
        {
            counts[stream.NextBinomial(5, 0.3)]++;
        }

        Assert.All(expected.Zip(counts), x => Assert.Equal(x.First, x.Second / 50_000, 0.008));
    }

    [Fact]
    public void The_ends_are_certain_and_what_is_no_probability_is_refused()
    {
        var stream = new NamedDraws("ends");
        Assert.Equal([0, 7, 0], new[] { stream.NextBinomial(7, 0), stream.NextBinomial(7, 1), stream.NextBinomial(0, 0.5) });
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextBinomial(7, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextBinomial(-1, 0.5));
    }

    [Fact]
    public void Normal_and_exponential_numbers_have_their_moments()
    {
        var stream = new NamedDraws("normal");
        var normal = Enumerable.Range(0, 40_000).Aggregate(default(Bandstand.Statistics.Moments), (sum, _) => sum.Add(stream.NextNormal()));
        var exponential = Enumerable.Range(0, 40_000).Aggregate(default(Bandstand.Statistics.Moments), (sum, _) => sum.Add(stream.NextExponential()));

        Assert.Equal((0, 1), (Math.Round(normal.Mean, 1), Math.Round(normal.StandardDeviation!.Value, 1)));
        Assert.Equal((1, 1), (Math.Round(exponential.Mean, 1), Math.Round(exponential.StandardDeviation!.Value, 1)));
    }
}
