using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Tests.Statistics.FixedHorizon;

public class MiettinenNurminenTests
{
    [Theory]
    [InlineData(51, 100, 49, 100)]
    [InlineData(16, 30, 14, 28)]
    [InlineData(15, 10000, 5, 10000)]
    [InlineData(0, 20, 1, 20)]
    [InlineData(20, 20, 3, 7)]
    [InlineData(201500, 1000000, 200000, 1000000)]
    [InlineData(500, 1000, 500, 1000)]
    public void At_both_ends_the_score_statistic_of_an_independently_maximised_likelihood_is_the_critical_value(long x1, long n1, long x2, long n2)
    {
        var interval = MiettinenNurminen.Interval(new Proportion(x1, n1), new Proportion(x2, n2), 0.95).Value;
        foreach (var end in new[] { interval.Lower, interval.Upper })
        {
            if (Math.Abs(end) < 0.999999)
            {
                var variance = Variance(MaximumLikelihood(x1, n1, x2, n2, end), n1, n2, end);
                var z = (((double)x1 / n1) - ((double)x2 / n2) - end) / Math.Sqrt(variance);
                Assert.Equal(Normal.UpperQuantile(0.025), Math.Abs(z), 2e-6);
            }
        }
    }

    [Fact]
    public void Equal_counts_give_an_interval_that_is_symmetric_about_zero()
    {
        var interval = MiettinenNurminen.Interval(new Proportion(500, 1000), new Proportion(500, 1000), 0.95).Value;
        Assert.Equal(-interval.Lower, interval.Upper, 1e-12);
    }

    /// <summary>
    /// The golden intervals come from statsmodels 0.13.5, whose cubic has count × δ where the paper has participants × δ: they are
    /// not symmetric for equal counts, and off by up to 1e-3 of their width. With the same slip they come out to 1e-6, which
    /// shows that this slip is the whole difference.
    /// </summary>
    [Fact]
    public void The_golden_intervals_are_those_of_a_reference_with_a_slip_and_ours_differ_by_no_more_than_it()
    {
        var compared = 0;
        foreach (var row in GoldenFigures.Cases("two-proportions").Where(r => r.TryGetProperty("miettinenNurminenCi95", out _)))
        {
            var (x1, n1) = (row.GetProperty("treatment").GetProperty("x").GetInt64(), row.GetProperty("treatment").GetProperty("n").GetInt64());
            var (x2, n2) = (row.GetProperty("control").GetProperty("x").GetInt64(), row.GetProperty("control").GetProperty("n").GetInt64());
            var golden = row.Interval("miettinenNurminenCi95");
            var slipped = new Interval(SlippedEnd(x1, n1, x2, n2, -1), SlippedEnd(x1, n1, x2, n2, 1));
            GoldenFigures.Agree(golden, slipped, 1e-6, row, "with the slip");
            GoldenFigures.Agree(golden, MiettinenNurminen.Interval(new Proportion(x1, n1), new Proportion(x2, n2), 0.95).Value, 1.5e-3, row, "ours");
            compared++;
        }

        Assert.True(compared >= 5);
    }

    private static double MaximumLikelihood(long x1, long n1, long x2, long n2, double delta)
    {
        double low = Math.Max(0, -delta), high = Math.Min(1, 1 - delta);
        for (var i = 0; i < 100; i++)
        {
            var p = 0.5 * (low + high);
            var slope = Part(x1, p + delta) - Part(n1 - x1, 1 - p - delta) + Part(x2, p) - Part(n2 - x2, 1 - p);
            (low, high) = slope > 0 ? (p, high) : (low, p);
        }

        return 0.5 * (low + high);

        static double Part(long count, double p) => count == 0 ? 0 : count / p;
    }

    private static double SlippedEnd(long x1, long n1, long x2, long n2, double outside)
    {
        var z = Normal.UpperQuantile(0.025);
        var difference = ((double)x1 / n1) - ((double)x2 / n2);
        var inside = difference;
        for (var i = 0; i < 100; i++)
        {
            var delta = 0.5 * (inside + outside);
            double n = n1 + n2, x = x1 + x2;
            var l2 = (((n1 + (2 * n2)) * delta) - n - x) / n;
            var l1 = ((((x2 * delta) - n - (2 * x2)) * delta) + x) / n;
            var l0 = x2 * delta * (1 - delta) / n;
            var q = (l2 * l2 * l2 / 27) - (l1 * l2 / 6) + (l0 / 2);
            var p = Math.CopySign(Math.Sqrt(Math.Max(0, (l2 * l2 / 9) - (l1 / 3))), q);
            var rate = (2 * p * Math.Cos((Math.PI + Math.Acos(Math.Clamp(q / (p * p * p), -1, 1))) / 3)) - (l2 / 3);
            var isOutside = Math.Abs(difference - delta) > z * Math.Sqrt(Variance(rate, n1, n2, delta));
            (inside, outside) = isOutside ? (inside, delta) : (delta, outside);
        }

        return inside;
    }

    private static double Variance(double p, long n1, long n2, double delta)
        => (((p + delta) * (1 - p - delta) / n1) + (p * (1 - p) / n2)) * (n1 + n2) / (n1 + n2 - 1.0);
}
