using System.Numerics;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Timesteps;

public sealed class TargetSumsTests
{
    [Fact]
    public void Equal_means_of_samples_of_different_size_come_out_equal()
    {
        var four = Sum([.. Enumerable.Repeat(1.0, 4), .. Enumerable.Repeat(0.0, 36)]);
        var one = Sum([.. Enumerable.Repeat(0.0, 9), 1.0]);

        Assert.Equal(0.1, four.Moments.Mean);
        Assert.Equal(0.1, one.Moments.Mean);
        Assert.Equal(0.3038218101251, four.Moments.StandardDeviation!.Value, 1e-15);
    }

    [Fact]
    public void A_constant_sample_has_a_deviation_of_exactly_zero()
    {
        foreach (var value in new double[] { 0.1f, 1e-30f, -3.3e38f, 123456.79f })
        {
            var sums = Sum([.. Enumerable.Repeat(value, 1_003)]);

            Assert.Equal(value, sums.Moments.Mean);
            Assert.Equal(0, sums.Moments.M2);
        }
    }

    [Fact]
    public void Repeating_a_value_is_adding_it_as_often()
    {
        foreach (var value in new double[] { 0, 1, 0.1f, -7.25 })
        {
            Assert.Equal(Sum([.. Enumerable.Repeat(value, 577)]).Moments, TargetSums.Repeated(value, 577).Moments);
        }
    }

    [Fact]
    public void Mean_and_deviation_are_right_where_plain_sums_of_squares_lose_everything()
    {
        // 10^9 + {4, 7, 13, 16}: mean 10^9 + 10, sum of squared deviations 90 (the textbook case of catastrophic cancellation).
        var sums = Sum([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);

        Assert.Equal(1e9 + 10, sums.Moments.Mean);
        Assert.Equal(90, sums.Moments.M2, 1e-12);
    }

    [Fact]
    public void Moments_agree_with_exact_rational_arithmetic()
    {
        var values = Values(5_000, 17);
        var scale = BigInteger.Pow(2, 40);
        var whole = values.Select(x => (BigInteger)(x * Math.Pow(2, 40))).ToArray();
        var sum = whole.Aggregate(BigInteger.Zero, (a, b) => a + b);
        var squares = whole.Aggregate(BigInteger.Zero, (a, b) => a + (b * b));
        var mean = (double)sum / values.Length / (double)scale;
        var m2 = (double)((squares * values.Length) - (sum * sum)) / values.Length / (double)scale / (double)scale;

        var moments = Sum(values).Moments;

        Assert.Equal(mean, moments.Mean, 1e-15 * Math.Abs(mean));
        Assert.Equal(m2, moments.M2, 1e-14 * m2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Parts_cut_anywhere_and_merged_in_any_order_give_the_same(int size)
    {
        var values = Values(4_001, 5);
        var parts = values.Chunk(size).Select(Sum).ToArray();
        var whole = Sum(values).Moments;

        var forward = parts.Aggregate((a, b) => a + b).Moments;
        var backward = parts.Reverse().Aggregate((a, b) => a + b).Moments;

        Assert.Equal(whole, forward);
        Assert.Equal(whole, backward);
    }

    [Fact]
    public void The_empty_sample_changes_nothing()
    {
        var sums = Sum([3, 4]);

        Assert.Equal(sums, sums + default(TargetSums));
        Assert.Equal(sums, default(TargetSums) + sums);
        Assert.Equal(default, default(TargetSums).Moments);
    }

    private static TargetSums Sum(double[] values) => values.Aggregate(default(TargetSums), (sums, x) => sums.Add(x));

    // 32-bit floats with a large mean, from a fixed linear congruence.
    private static double[] Values(int count, uint seed)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            seed = unchecked((seed * 1664525) + 1013904223);
            values[i] = (float)(1_000 + (seed / 4294967296.0 * 3));
        }

        return values;
    }
}
