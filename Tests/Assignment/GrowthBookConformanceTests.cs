using System.Text;
using System.Text.Json;
using Bandstand.Assignment;

namespace Bandstand.Tests.Assignment;

/// <summary>GrowthBook's own SDK cases, row by row; they are not part of this repository.</summary>
public class GrowthBookConformanceTests
{
    [Fact]
    public void Every_hash_case_holds() => Each("hash", 15, row =>
    {
        var (seed, value, version) = (row[0].GetString()!, row[1].GetString()!, row[2].GetInt32());
        Assert.Equal(row[3].ValueKind == JsonValueKind.Null ? null : row[3].GetDouble(), GrowthBookHash.Hash(seed, value, version));
    });

    [Fact]
    public void Every_bucket_range_case_holds() => Each("getBucketRange", 13, row =>
    {
        var weights = row[1][2].ValueKind == JsonValueKind.Null ? null : row[1][2].EnumerateArray().Select(w => w.GetDouble()).ToArray();
        var ranges = BucketRanges.Of(row[1][0].GetInt32(), row[1][1].GetDouble(), weights);
        var expected = Ranges(row[2]);
        Assert.Equal(expected.Length, ranges.Length);
        for (var i = 0; i < ranges.Length; i++)
        {
            Assert.Equal(expected[i].From, ranges[i].From, 1e-12);
            Assert.Equal(expected[i].To, ranges[i].To, 1e-12);
        }
    });

    [Fact]
    public void Every_choice_case_holds() => Each("chooseVariation", 13, row =>
        Assert.Equal(row[3].GetInt32(), BucketRanges.Choose(row[1].GetDouble(), Ranges(row[2]))));

    [Fact]
    public void Every_namespace_case_holds() => Each("inNamespace", 16, row =>
    {
        var (identity, layer, from, to) = (row[1].GetString()!, row[2][0].GetString()!, row[2][1].GetDouble(), row[2][2].GetDouble());
        Assert.Equal(row[3].GetBoolean(), GrowthBookHash.InLayer(identity, layer, from, to));
        Assert.Equal(row[3].GetBoolean(), GrowthBookHash.InLayer(Encoding.UTF8.GetBytes(identity), layer, from, to));
    });

    [Fact]
    public void Every_equal_weights_case_holds() => Each("getEqualWeights", 6, row =>
    {
        var expected = row[1].EnumerateArray().Select(w => w.GetDouble()).ToArray();
        var weights = BucketRanges.EqualWeights(row[0].GetInt32());
        Assert.Equal(expected.Length, weights.Length);
        Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First, pair.Second, 1e-8)); // the file rounds to 8 digits
    });

    private static BucketRange[] Ranges(JsonElement ranges) => [.. ranges.EnumerateArray().Select(r => new BucketRange(r[0].GetDouble(), r[1].GetDouble()))];

    private static void Each(string section, int count, Action<JsonElement> check)
    {
        var path = SharedGolden.Find("conformance/growthbook-cases.json");
        if (path is null)
        {
            Assert.Skip("conformance/growthbook-cases.json was not found: set BANDSTAND_GOLDEN to the folder that holds it.");
        }

        using var cases = JsonDocument.Parse(File.ReadAllBytes(path));
        var rows = cases.RootElement.GetProperty(section).EnumerateArray().ToList();
        Assert.Equal(count, rows.Count);
        rows.ForEach(check);
    }
}
