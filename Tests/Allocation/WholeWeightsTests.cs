using Bandstand.Allocation;
using FsCheck;
using FsCheck.Fluent;

namespace Bandstand.Tests.Allocation;

public class WholeWeightsTests
{
    [Theory]
    [InlineData(new double[] { 1, 1 }, new[] { 5_000, 5_000 })]
    [InlineData(new double[] { 1, 1, 1 }, new[] { 3_334, 3_333, 3_333 })]
    [InlineData(new double[] { 10, 5, 1 }, new[] { 6_250, 3_125, 625 })]
    [InlineData(new double[] { 0.1, 0.2 }, new[] { 3_333, 6_667 })]
    [InlineData(new double[] { 0, 3 }, new[] { 0, 10_000 })]
    [InlineData(new double[] { 1e-300, 1e300 }, new[] { 1, 9_999 })]
    [InlineData(new double[] { 1e308, 1e308, 1e308 }, new[] { 3_334, 3_333, 3_333 })]
    public void The_largest_remainder_gets_what_is_left(double[] weights, int[] expected)
        => Assert.Equal(expected, WholeWeights.Of(weights));

    [Fact]
    public void Whatever_the_weights_they_sum_to_10_000_and_none_that_is_open_is_below_the_least()
        => Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new System.Random(seed);
            var count = random.Next(1, 257);
            var weights = Enumerable.Range(0, count).Select(_ => Math.Pow(10, random.Next(-12, 3)) * random.NextDouble()).ToArray();
            var open = weights.Select((_, i) => i == 0 || random.Next(4) > 0).ToArray();
            var least = random.Next(0, 60);
            var whole = WholeWeights.Of(weights, open, least);
            Assert.Equal(10_000, whole.Sum());
            for (var i = 0; i < count; i++)
            {
                Assert.True(open[i] ? whole[i] >= Math.Min(least, 10_000 / open.Count(o => o)) : whole[i] == 0);
            }
        }));

    [Fact]
    public void The_floor_is_taken_from_the_others_in_their_proportions()
        => Assert.Equal([100, 100, 3_267, 6_533], WholeWeights.Of([1e-9, 0.005, 0.33, 0.66], [true, true, true, true], 100));

    [Fact]
    public void A_share_that_scaling_pushes_below_the_least_is_lifted_too()
        => Assert.Equal([1_000, 1_000, 8_000], WholeWeights.Of([0, 0.104, 0.896], [true, true, true], 1_000)); // 0.104 × 9 000 = 936

    [Theory]
    [InlineData(0.01, 2, 100)]
    [InlineData(0.00015, 2, 2)]
    [InlineData(0.0, 2, 1)]
    [InlineData(0.5, 2, 5_000)]
    [InlineData(1.0 / 3, 3, 3_333)]
    [InlineData(0.01, 256, 39)]
    public void A_floor_is_rounded_up_unless_that_is_more_than_an_even_share(double floor, int alternatives, int least)
        => Assert.Equal(least, WholeWeights.Least(floor, alternatives));

    [Fact]
    public void Weights_that_make_no_sense_are_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => WholeWeights.Of([0, 0]));
        Assert.Throws<ArgumentException>(() => WholeWeights.Of([-1, 2]));
        Assert.Throws<ArgumentException>(() => WholeWeights.Of([double.NaN, 2]));
        Assert.Throws<ArgumentException>(() => WholeWeights.Of([1, 2], [false, false], 1));
        Assert.Throws<ArgumentException>(() => WholeWeights.Of([1, 2], [true], 1));
    }
}
