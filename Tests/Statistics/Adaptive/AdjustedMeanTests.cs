using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;

namespace Bandstand.Tests.Statistics.Adaptive;

/// <summary>What adjusted means are worth. The means themselves are in <see cref="AdaptiveEstimateTests"/>.</summary>
public class AdjustedMeanTests
{
    private static readonly Moments[][] Changing = [[Rate(4_500, 900), Rate(500, 115)], [Rate(500, 25), Rate(4_500, 270)]];

    [Fact]
    public void Where_shares_never_changed_everybody_is_worth_one()
    {
        var arms = AdjustedMeans.Of([[Rate(300, 30), Rate(100, 20)], [Rate(600, 90), Rate(200, 50)]], null);
        Assert.Equal([900, 300], arms.Select(a => Math.Round(a.Worth, 9)));
        Assert.Equal([120 / 900.0, 70 / 300.0], arms.Select(a => a.Mean), new Near(1e-12));
    }

    [Fact]
    public void Of_two_alternatives_worth_gives_the_variance_of_the_difference()
    {
        // Least squares: 1 / Σ (n₁ n₂ / n) over epochs, for a variance of 1.
        var arms = AdjustedMeans.Of(Changing, null);
        Assert.Equal(1 / (450 + 450.0), (1 / arms[0].Worth) + (1 / arms[1].Worth), 1e-12);
    }

    [Fact]
    public void Who_was_alone_tells_nothing_of_the_difference()
    {
        var arms = AdjustedMeans.Of([[Rate(100_000, 9_000), default], [Rate(1_000, 100), Rate(1_000, 120)]], null);
        Assert.Equal(1 / 500.0, (1 / arms[0].Worth) + (1 / arms[1].Worth), 1e-12);
        Assert.Equal(0.02, arms[1].Mean - arms[0].Mean, 1e-12);
    }

    [Fact]
    public void What_no_epoch_connects_keeps_its_own_mean_and_is_worth_its_count()
    {
        var arms = AdjustedMeans.Of([[Rate(100, 10), default], [default, Rate(200, 50)]], null);
        Assert.Equal([0.1, 0.25], arms.Select(a => a.Mean));
        Assert.Equal([100, 200], arms.Select(a => a.Worth));
    }

    [Fact]
    public void An_epoch_that_counts_half_is_as_good_as_half_of_it()
    {
        var half = AdjustedMeans.Of([[Rate(2_000, 300), Rate(400, 80)], Changing[1]], [0.5, 1]);
        var whole = AdjustedMeans.Of([[Rate(1_000, 150), Rate(200, 40)], Changing[1]], null);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(whole[i].Mean, half[i].Mean, 1e-12);
            Assert.Equal(whole[i].Worth, half[i].Worth, 1e-9);
            Assert.Equal(whole[i].Squares, half[i].Squares, 1e-9);
        }
    }

    [Fact]
    public void Squares_are_those_about_what_is_expected_in_each_epoch()
    {
        // Ten apart in level, and both epochs agree on the difference: only the spread within remains.
        var arms = AdjustedMeans.Of([[Value(50, 20), Value(30, 21)], [Value(20, 10), Value(60, 11)]], null);
        Assert.Equal([4.0 * (49 + 19), 4.0 * (29 + 59)], arms.Select(a => a.Squares), new Near(1e-9));
    }

    [Fact]
    public void Order_makes_no_difference()
    {
        Moments[][] three = [[Rate(900, 90), Rate(900, 100), Rate(900, 110)], [Rate(200, 30), Rate(300, 28), Rate(600, 50)], [default, Rate(300, 35), Rate(800, 70)]];
        var forward = AdjustedMeans.Of(three, [0.2, 0.5, 1]);
        var backward = AdjustedMeans.Of([.. three.Reverse().Select(e => e.Reverse().ToArray())], [1, 0.5, 0.2]);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(forward[i].Mean, backward[2 - i].Mean, 1e-12);
            Assert.Equal(forward[i].Worth, backward[2 - i].Worth, 1e-9);
            Assert.Equal(forward[i].Squares, backward[2 - i].Squares, 1e-9);
        }
    }

    [Fact]
    public void Whatever_the_epochs_nobody_is_worth_more_than_counted_and_the_overall_mean_is_kept()
    {
        var random = new Random(20_261_122);
        for (var round = 0; round < 300; round++)
        {
            var arms = random.Next(1, 6);
            Moments[][] epochs = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Enumerable.Range(0, arms)
                .Select(_ => random.Next(4) == 0 ? default : Value(random.Next(1, 500), 10 * random.NextDouble())).ToArray())];
            double[] factors = [.. epochs.Select(_ => round % 3 == 0 ? 1 : Math.Pow(10, -9 * random.NextDouble()))];
            var adjusted = AdjustedMeans.Of(epochs, factors);
            Assert.All(adjusted, a => Assert.InRange(a.Worth, 0, a.Counted * (1 + 1e-12)));
            Assert.All(adjusted, a => Assert.True(double.IsFinite(a.Mean) && double.IsFinite(a.Squares) && a.Squares >= 0));
            var total = epochs.Select((epoch, e) => factors[e] * epoch.Sum(m => m.Total)).Sum();
            Assert.Equal(total, adjusted.Sum(a => a.Counted * a.Mean), 1e-6 * (1 + total));
        }
    }

    private static Moments Rate(long participants, long converted) => Moments.FromConversions(participants, converted);

    private static Moments Value(long count, double mean) => new(count, mean, 4.0 * (count - 1));

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double value) => 0;
    }
}
