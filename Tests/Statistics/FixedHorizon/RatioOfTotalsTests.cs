using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Tests.Statistics.FixedHorizon;

public class RatioOfTotalsTests
{
    [Fact]
    public void It_is_the_delta_methods_variance_worked_by_hand()
    {
        // Σy/Σx = 16/8 = 2; y − 2x is 2, −1, −1, 0, of squares 6; over x̄² = 4 that is 1.5.
        var linear = RatioOfTotals.Linearised(Sample((2, 6), (1, 1), (3, 5), (2, 4)), "a").Value;

        Assert.Equal(4, linear.Count);
        Assert.Equal(2, linear.Mean, 1e-15);
        Assert.Equal(1.5, linear.M2, 1e-14);
    }

    [Fact]
    public void Of_zeros_and_ones_it_is_the_variance_of_a_share()
    {
        var sample = Sample([.. Enumerable.Range(0, 1000).Select(i => (i < 400 ? 1.0 : 0, i < 100 ? 1.0 : 0))]);
        var linear = RatioOfTotals.Linearised(sample, "a").Value;

        Assert.Equal(0.25, linear.Mean, 1e-15);
        Assert.Equal(0.25 * 0.75 / 400, linear.M2 / 1000 / 1000, 1e-15);
        Assert.Equal(400, RatioOfTotals.Effective(sample.X), 1e-9);
    }

    [Fact]
    public void It_agrees_with_the_textbook_formula_far_from_zero()
    {
        var random = new Random(5);
        (double X, double Y)[] pairs = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(1, 9)).Select(x => ((double)x, (50 * x) + (10 * x * random.NextDouble()) + random.Next(20)))];
        double n = pairs.Length, x = pairs.Average(p => p.X), y = pairs.Average(p => p.Y), ratio = y / x;
        double vx = pairs.Sum(p => (p.X - x) * (p.X - x)) / (n - 1), vy = pairs.Sum(p => (p.Y - y) * (p.Y - y)) / (n - 1), c = pairs.Sum(p => (p.X - x) * (p.Y - y)) / (n - 1);

        var linear = RatioOfTotals.Linearised(Sample(pairs), "a").Value;

        Assert.Equal(ratio, linear.Mean, 1e-10);
        Assert.Equal((vy - (2 * ratio * c) + (ratio * ratio * vx)) / (n * x * x), linear.Variance!.Value / n, 1e-9 * linear.Variance!.Value / n);
        Assert.Equal(n * n * x * x / pairs.Sum(p => p.X * p.X), RatioOfTotals.Effective(Sample(pairs).X), 1e-6);
    }

    [Fact]
    public void What_is_always_the_same_multiple_has_no_spread()
    {
        var random = new Random(1);
        var linear = RatioOfTotals.Linearised(Sample([.. Enumerable.Range(0, 300).Select(_ => random.NextDouble() * 1000).Select(x => (x, 0.1 * x))]), "a").Value;

        Assert.Equal(0, linear.M2);
    }

    [Fact]
    public void Without_anything_below_the_line_there_is_no_ratio()
    {
        Assert.Equal("no-denominator", RatioOfTotals.Linearised(Sample((0, 3), (0, 0)), "a").Reason!.Code);
        Assert.Equal("no-denominator", RatioOfTotals.Linearised(Sample((-2, 3), (1, 0)), "a").Reason!.Code);
        Assert.Equal("no-denominator", RatioOfTotals.Linearised(default, "a").Reason!.Code);
        Assert.Equal("out-of-range", RatioOfTotals.Linearised(Sample((1e-140, 1e140), (2e-140, 1e140)), "a").Reason!.Code);
        Assert.Equal(0, RatioOfTotals.Effective(default));
    }

    private static JointMoments Sample(params (double X, double Y)[] pairs) => pairs.Aggregate(default(JointMoments), (sum, pair) => sum.Add(pair.X, pair.Y));
}
