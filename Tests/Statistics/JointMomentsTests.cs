using Bandstand.Statistics;

namespace Bandstand.Tests.Statistics;

public class JointMomentsTests
{
    [Fact]
    public void Both_sides_are_the_moments_of_each_alone_and_the_product_follows_its_definition()
    {
        var pairs = Pairs(10_000, 1e6);
        var joint = Sum(pairs);

        Same(pairs.Aggregate(default(Moments), (sum, p) => sum.Add(p.X)), joint.X);
        Same(pairs.Aggregate(default(Moments), (sum, p) => sum.Add(p.Y)), joint.Y);

        // Differences from a whole number are exact, so decimals have all the digits.
        var (meanX, meanY) = (pairs.Average(p => (decimal)(p.X - 1e6)), pairs.Average(p => (decimal)(p.Y - 1e6)));
        var product = (double)pairs.Sum(p => ((decimal)(p.X - 1e6) - meanX) * ((decimal)(p.Y - 1e6) - meanY));
        Assert.Equal(product, joint.Product, 1e-9 * Math.Abs(product));
    }

    [Fact]
    public void Merged_in_any_order_they_agree_and_nobody_changes_nothing()
    {
        var pairs = Pairs(1_000, 50);
        var (whole, left, right) = (Sum(pairs), Sum(pairs[..300]), Sum(pairs[300..]));

        Same(whole, left + right);
        Same(whole, JointMoments.Add(right, left));
        Assert.Equal(whole, whole + default(JointMoments));
        Assert.Equal(whole, default(JointMoments) + whole);
    }

    [Fact]
    public void A_pair_that_is_replaced_or_removed_was_never_there()
    {
        var pairs = Pairs(200, 50);
        var changed = Sum(pairs).Replace(pairs[7].X, pairs[7].Y, 3, -4);
        Same(Sum([.. pairs[..7], .. pairs[8..], (3, -4)]), changed);
        Same(Sum([.. pairs[..7], .. pairs[8..]]), changed.Remove(3, -4));
        Assert.Equal(default, JointMoments.Of(1, 2, 3).Remove(2, 3));
        Assert.Equal(JointMoments.Of(1, 5, 6), JointMoments.Of(1, 2, 3).Replace(2, 3, 5, 6));
        Same(Sum([(2, 3), (2, 3), (2, 3)]), JointMoments.Of(3, 2, 3));
        Assert.Throws<InvalidOperationException>(() => default(JointMoments).Remove(1, 1));
    }

    private static (double X, double Y)[] Pairs(int count, double mean)
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble()).Select(x => (mean + x, mean + (x * x) + random.NextDouble()))];
    }

    private static JointMoments Sum((double X, double Y)[] pairs) => pairs.Aggregate(default(JointMoments), (sum, p) => sum.Add(p.X, p.Y));

    private static void Same(Moments expected, Moments actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.Mean, actual.Mean, 1e-12 * Math.Abs(expected.Mean));
        Assert.Equal(expected.M2, actual.M2, 1e-9 * expected.M2);
    }

    private static void Same(JointMoments expected, JointMoments actual)
    {
        Same(expected.X, actual.X);
        Same(expected.Y, actual.Y);
        Assert.Equal(expected.Product, actual.Product, 1e-9 * Math.Abs(expected.Product));
    }
}
