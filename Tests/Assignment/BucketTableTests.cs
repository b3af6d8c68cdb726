using Bandstand.Allocation;
using Bandstand.Assignment;

namespace Bandstand.Tests.Assignment;

public class BucketTableTests
{
    [Fact]
    public void Every_bucket_is_where_its_hash_falls()
    {
        var random = new Random(11);
        for (var i = 0; i < 200; i++)
        {
            var weights = WholeWeights.Of([.. Enumerable.Range(0, random.Next(2, 30)).Select(_ => random.Next(4) == 0 ? 0 : random.NextDouble()).Append(1)]);
            var traffic = i % 3 == 0 ? 1 : random.NextDouble();
            var ranges = BucketRanges.Of(weights.Length, traffic, [.. weights.Select(w => w / 10_000.0)]);

            Assert.Equal([.. Enumerable.Range(0, 10_000).Select(bucket => (short)BucketRanges.Choose(bucket / 10_000.0, ranges))], BucketTable.Of(weights, traffic).Buckets.ToArray());
        }
    }

    [Theory]
    [InlineData(1.0, 5_000, 5_000)]
    [InlineData(1.0, 3_334, 3_333, 3_333)]
    [InlineData(0.5, 1, 9_999)]
    [InlineData(0.123, 1_000, 0, 2_000, 7_000, 0)]
    [InlineData(0.0, 5_000, 5_000)]
    [InlineData(1.0, 0, 10_000)]
    [InlineData(0.7, 10_000, 0)]
    public void Every_bucket_is_what_the_ranges_choose(double traffic, params int[] weights)
    {
        var ranges = BucketRanges.Of(weights.Length, traffic, [.. weights.Select(w => w / 10_000.0)]);
        var table = BucketTable.Of(weights, traffic);
        var chosen = Enumerable.Range(0, 10_000).Select(bucket => (short)BucketRanges.Choose(bucket / 10_000.0, ranges));
        Assert.True(table.Buckets.Span.SequenceEqual(chosen.ToArray()));
    }

    [Fact]
    public void Random_weightings_are_what_the_ranges_choose()
    {
        var random = new Random(1);
        for (var round = 0; round < 12; round++)
        {
            var cuts = Enumerable.Range(0, random.Next(1, 256)).Select(_ => random.Next(0, 10_001)).Append(0).Append(10_000).Order().ToList();
            Every_bucket_is_what_the_ranges_choose(random.NextDouble(), [.. cuts.Zip(cuts.Skip(1), (a, b) => b - a)]);
        }
    }

    [Fact]
    public void Probabilities_are_the_exact_shares_of_the_buckets_in_the_traffic()
    {
        var table = BucketTable.Of([3_334, 3_333, 3_333], 1);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(table.Buckets.ToArray().Count(a => a == i) / 10_000.0, table.Probabilities[i]);
        }

        Assert.Equal(1, table.Probabilities.Sum(), 1e-12);
        Assert.Equal([0.25, 0.75], BucketTable.Of([2_500, 7_500], 0.1).Probabilities);
        Assert.Equal([0.0, 0.0], BucketTable.Of([2_500, 7_500], 0).Probabilities);
    }

    [Fact]
    public void More_traffic_keeps_everybody_who_was_in_it()
    {
        var small = BucketTable.Of([6_000, 4_000], 0.05).Buckets.ToArray();
        var large = BucketTable.Of([6_000, 4_000], 0.10).Buckets.ToArray();
        Assert.All(small.Zip(large), pair => Assert.True(pair.First == BucketTable.None || pair.First == pair.Second));
        Assert.Equal(500, small.Count(a => a != BucketTable.None));
        Assert.Equal(1_000, large.Count(a => a != BucketTable.None));
    }

    [Theory]
    [InlineData(3_000, new[] { 5_000, 5_000 }, new[] { 2_000, 8_000 })]
    [InlineData(1, new[] { 5_000, 5_000 }, new[] { 4_999, 5_001 })]
    [InlineData(2_000, new[] { 4_000, 3_000, 3_000 }, new[] { 4_000, 5_000, 1_000 })]
    [InlineData(3_000, new[] { 5_000, 3_000, 2_000 }, new[] { 3_000, 4_000, 3_000 })]
    public void New_weights_move_only_who_is_between_an_old_and_a_new_boundary(int moved, int[] before, int[] after)
    {
        var (old, now) = (BucketTable.Of(before, 1).Buckets.ToArray(), BucketTable.Of(after, 1).Buckets.ToArray());
        var boundaries = Enumerable.Range(1, before.Length - 1).Select(k => (Old: before.Take(k).Sum(), Now: after.Take(k).Sum())).ToList();
        for (var bucket = 0; bucket < old.Length; bucket++)
        {
            var between = boundaries.Any(b => bucket >= Math.Min(b.Old, b.Now) && bucket < Math.Max(b.Old, b.Now));
            Assert.Equal(between, old[bucket] != now[bucket]);
        }

        Assert.Equal(moved, old.Zip(now).Count(pair => pair.First != pair.Second));
        Assert.True(before.Length > 2 || moved == before.Zip(after, (b, a) => Math.Abs(b - a)).Sum() / 2); // Of two alternatives none can be moved less.
    }

    [Fact]
    public void A_closed_alternative_moves_nobody_who_was_not_in_it()
    {
        var (old, now) = (BucketTable.Of([5_000, 5_000, 0], 1).Buckets.ToArray(), BucketTable.Of([5_000, 0, 5_000], 1).Buckets.ToArray());
        Assert.All(old.Zip(now), pair => Assert.Equal(pair.First == 0, pair.Second == 0));
    }

    [Fact]
    public void All_256_alternatives_can_be_told_from_nobody()
    {
        var table = BucketTable.Of([.. Enumerable.Range(0, 256).Select(i => i < 16 ? 40 : 39)], 0.5);
        Assert.Contains((short)255, table.Buckets.ToArray());
        Assert.Contains(BucketTable.None, table.Buckets.ToArray());
    }

    [Fact]
    public void An_even_hash_leaves_the_alternative_open_and_keeps_the_traffic()
    {
        var table = BucketTable.Even([false, true, true], 0.25);
        Assert.Equal(2_500, table.Buckets.ToArray().Count(a => a == 1));
        Assert.Equal([0, 0.5, 0.5], table.Probabilities);
    }
}
