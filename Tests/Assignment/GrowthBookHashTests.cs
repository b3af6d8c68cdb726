using System.Text;
using System.Text.Json;
using Bandstand.Assignment;

namespace Bandstand.Tests.Assignment;

/// <summary>Vectors computed by eng/golden/assignment.py, which shares no code with the project.</summary>
public class GrowthBookHashTests
{
    [Fact]
    public void Every_vector_gives_its_bucket_from_UTF_16_and_from_UTF_8()
    {
        var rows = Vectors().GetProperty("buckets").EnumerateArray().ToList();
        Assert.True(rows.Count > 50);
        foreach (var row in rows)
        {
            var (seed, identity) = (row.GetProperty("seed").GetString()!, row.GetProperty("identity").GetString()!);
            var bucket = row.GetProperty("version2").GetInt32();
            Assert.Equal(bucket, GrowthBookHash.Bucket(GrowthBookHash.Begin(seed), identity));
            Assert.Equal(bucket, GrowthBookHash.Bucket(GrowthBookHash.Begin(seed), Encoding.UTF8.GetBytes(identity)));
            Assert.Equal((double)bucket / 10_000, GrowthBookHash.Hash(seed, identity, 2));
            Assert.Equal((double)row.GetProperty("version1").GetInt32() / 1_000, GrowthBookHash.Hash(seed, identity, 1));

            var layer = (double)row.GetProperty("layer").GetInt32() / 1_000;
            foreach (var (from, to) in new[] { (0, layer), (layer, layer + 0.0005), (layer, 1.0), (layer + 0.0005, 1) })
            {
                Assert.Equal(layer >= from && layer < to, GrowthBookHash.InLayer(identity, seed, from, to));
                Assert.Equal(layer >= from && layer < to, GrowthBookHash.InLayer(Encoding.UTF8.GetBytes(identity), seed, from, to));
            }
        }
    }

    [Fact]
    public void Hashing_allocates_nothing()
    {
        var begun = GrowthBookHash.Begin("price");
        var text = "naïve@example.org 🎲";
        var utf8 = Encoding.UTF8.GetBytes(text);
        var sum = GrowthBookHash.Bucket(begun, text) + GrowthBookHash.Bucket(begun, utf8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            sum += GrowthBookHash.Bucket(begun, text) + GrowthBookHash.Bucket(begun, utf8);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(0, sum);
    }

    /// <summary>Fixed identities, so it never flakes; the band is that of a binomial draw at 99.9 % (3.29 standard errors).</summary>
    [Theory]
    [InlineData(1.0, 5_000, 5_000)]
    [InlineData(1.0, 3_334, 3_333, 3_333)]
    [InlineData(1.0, 9_900, 100)]
    [InlineData(0.3, 1_000, 2_000, 7_000)]
    [InlineData(0.05, 5_000, 5_000)]
    public void Alternatives_are_given_as_often_as_their_weights_say(double traffic, params int[] weights)
    {
        const int people = 50_000;
        var table = BucketTable.Of(weights, traffic);
        var begun = GrowthBookHash.Begin("frequencies");
        var counts = new int[weights.Length + 1];
        for (var i = 0; i < people; i++)
        {
            var alternative = table.Buckets.Span[GrowthBookHash.Bucket(begun, $"user-{i}")];
            counts[alternative == BucketTable.None ? ^1 : alternative]++;
        }

        for (var i = 0; i < weights.Length; i++)
        {
            InBand(traffic * weights[i] / 10_000, counts[i], people);
        }

        InBand(1 - traffic, counts[^1], people);
    }

    [Fact]
    public void Two_seeds_deal_the_same_people_independently()
    {
        const int people = 100_000;
        var (one, other) = (GrowthBookHash.Begin("one"), GrowthBookHash.Begin("two"));
        var both = Enumerable.Range(0, people).Count(i => GrowthBookHash.Bucket(one, $"user-{i}") < 5_000 && GrowthBookHash.Bucket(other, $"user-{i}") < 5_000);
        InBand(0.25, both, people);
    }

    private static void InBand(double probability, int count, int people)
    {
        var band = 3.29 * Math.Sqrt(people * probability * (1 - probability));
        Assert.InRange(count, (people * probability) - band, (people * probability) + band);
    }

    internal static JsonElement Vectors()
        => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "assignment", "vectors.json"))).RootElement;
}
