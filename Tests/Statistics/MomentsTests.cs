using Bandstand.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace Bandstand.Tests.Statistics;

public class MomentsTests
{
    [Fact]
    public void The_empty_sample_is_default_and_has_no_variance()
    {
        Assert.Equal(0, default(Moments).Count);
        Assert.Null(default(Moments).Variance);
        Assert.Null(new Moments().Add(3).StandardDeviation);
        Assert.Equal(2, new Moments().Add(3).Add(5).Variance);
    }

    [Fact]
    public void Adding_the_empty_sample_changes_nothing_bit_for_bit()
    {
        var some = Of([0.1, 0.2, 0.7]);
        Assert.Equal(some, some + default(Moments));
        Assert.Equal(some, default(Moments) + some);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1_000_000, 90_900)]
    [InlineData(7, 0)]
    public void Conversions_give_the_moments_of_zeros_and_ones(long count, long converted)
    {
        var moments = Moments.FromConversions(count, converted);
        Assert.Equal(count, moments.Count);
        Assert.Equal(converted, moments.Total, 1e-9);
        var rate = count == 0 ? 0 : (double)converted / count;
        Close(count * rate * (1 - rate), moments.M2);
    }

    [Fact]
    public void Conversions_outside_the_participants_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Moments.FromConversions(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Moments.FromConversions(3, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Moments.FromConversions(-1, 0));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1e141)]
    public void Numbers_that_would_poison_the_sample_are_refused(double x)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Of([1, 2]).Add(x));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of([1, 2]).Replace(1, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of([1, 2]).Remove(x));
    }

    [Fact]
    public void Nothing_can_be_taken_out_of_the_empty_sample()
    {
        Assert.Throws<InvalidOperationException>(() => default(Moments).Remove(1));
        Assert.Throws<InvalidOperationException>(() => default(Moments).Replace(1, 2));
    }

    [Fact]
    public void Any_split_merged_in_any_order_agrees_to_1e_12() => Check.QuickThrowOnFailure(Prop.ForAll(Samples(), seed =>
    {
        var numbers = Numbers(seed);
        var whole = Of(numbers);
        var random = new System.Random(seed);
        var parts = Enumerable.Range(0, 16).Select(_ => default(Moments)).ToArray();
        foreach (var x in numbers)
        {
            var k = random.Next(parts.Length);
            parts[k] = parts[k].Add(x);
        }

        var forward = parts.Aggregate((a, b) => a + b);
        var backward = parts.Reverse().Aggregate((a, b) => a + b);
        var pairs = parts.Chunk(2).Select(p => p[0] + p[1]).Chunk(2).Select(p => p[1] + p[0]).Aggregate((a, b) => a + b);
        foreach (var merged in new[] { forward, backward, pairs })
        {
            Close(whole, merged);
        }
    }));

    [Fact]
    public void Replacing_totals_one_by_one_gives_the_moments_of_the_new_totals() => Check.QuickThrowOnFailure(Prop.ForAll(Samples(), seed =>
    {
        var numbers = Numbers(seed);
        var moments = Of(numbers);
        for (var i = 0; i < numbers.Length; i += 3)
        {
            moments = moments.Replace(numbers[i], numbers[i] + i);
            numbers[i] += i;
        }

        Close(Of(numbers), moments);
    }));

    [Fact]
    public void Removing_what_was_added_gives_the_moments_of_the_rest() => Check.QuickThrowOnFailure(Prop.ForAll(Samples(), seed =>
    {
        var numbers = Numbers(seed);
        var moments = Of(numbers);
        for (var i = 0; i < numbers.Length / 2; i++)
        {
            moments = moments.Remove(numbers[i]);
        }

        Close(Of(numbers[(numbers.Length / 2)..]), moments);
    }));

    [Fact]
    public void Removing_down_to_nothing_is_the_empty_sample() => Assert.Equal(default, Of([3, 4]).Remove(3).Remove(4));

    [Fact]
    public void Replacing_back_leaves_no_negative_sum_of_squares()
    {
        var moments = Of([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
        for (var i = 0; i < 1000; i++)
        {
            moments = moments.Replace(0.1, 0.3).Replace(0.3, 0.1);
            Assert.True(moments.M2 >= 0);
        }

        Assert.Equal(0, moments.M2, 1e-12);
    }

    [Fact]
    public void Scaling_by_minus_one_mirrors_the_mean_and_keeps_the_spread()
    {
        var some = Of([1, 2, 9]);
        Assert.Equal(some with { Mean = -some.Mean }, some.Scale(-1));
    }

    /// <summary>Certified values: NIST StRD, univariate summary statistics. Digits: minus log10 of the relative error.</summary>
    [Theory]
    [InlineData("NumAcc1", 10000002, 1, 15)]
    [InlineData("NumAcc2", 1.2, 0.1, 15)]
    [InlineData("NumAcc3", 1000000.2, 0.1, 9.45)]
    [InlineData("NumAcc4", 10000000.2, 0.1, 8.25)]
    [InlineData("Michelso", 299.852400000000, 0.0790105478190518, 12.35)]
    [InlineData("Lottery", 518.958715596330, 291.699727470969, 15)]
    [InlineData("Lew", -177.435000000000, 277.332168044316, 15)]
    [InlineData("Mavro", 2.00185600000000, 0.000429123454003053, 12.05)]
    public void The_NIST_sets_come_out_with_the_digits_published(string name, double mean, double deviation, double digits)
    {
        var numbers = NistData.Read(name);
        var inOrder = Of(numbers);
        var inShards = numbers.Chunk(97).Select(Of).Aggregate((a, b) => a + b);
        Assert.InRange(Digits(inOrder.Mean, mean), 14.7, 15);
        Assert.InRange(Digits(inOrder.StandardDeviation!.Value, deviation), digits, 15);
        Assert.InRange(Digits(inShards.StandardDeviation!.Value, deviation), Math.Min(digits, 12) - 0.5, 15);
    }

    private static double Digits(double actual, double certified)
        => actual == certified ? 15 : Math.Min(15, -Math.Log10(Math.Abs(actual - certified) / Math.Abs(certified)));

    private static Moments Of(IEnumerable<double> numbers) => numbers.Aggregate(default(Moments), (m, x) => m.Add(x));

    private static void Close(Moments expected, Moments actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Close(expected.Mean, actual.Mean);
        Close(expected.M2, actual.M2);
    }

    private static void Close(double expected, double actual)
        => Assert.True(Math.Abs(expected - actual) <= 1e-12 * Math.Abs(expected), $"expected {expected:R}, was {actual:R}");

    private static Arbitrary<int> Samples() => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    private static double[] Numbers(int seed)
    {
        var random = new System.Random(seed);
        var offset = random.Next(1, 100);
        return [.. Enumerable.Range(0, random.Next(20, 400)).Select(_ => offset + (random.NextDouble() * random.Next(1, 50)))];
    }
}
