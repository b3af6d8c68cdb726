using System.Text.Json;
using Bandstand.Assignment;

namespace Bandstand.Tests.Assignment;

public class VanityHashTests
{
    [Fact]
    public void Every_vector_of_ours_gives_its_index_and_fingerprint()
    {
        var vectors = GrowthBookHashTests.Vectors();
        var indexes = vectors.GetProperty("vanity").EnumerateArray().ToList();
        Assert.True(indexes.Count > 100);
        Assert.All(indexes, row => Assert.Equal(
            row.GetProperty("index").GetInt32(),
            VanityHash.Index(row.GetProperty("name").GetString()!, row.GetProperty("identity").GetString()!, row.GetProperty("alternatives").GetInt32())));
        Assert.All(vectors.GetProperty("fingerprints").EnumerateArray(), row => Assert.Equal(
            row.GetProperty("fingerprint").GetString(),
            VanityHash.Fingerprint(row.GetProperty("id").GetString()!, row.GetProperty("index").GetInt32())));
    }

    [Fact]
    public void Every_vector_of_Vanity_gives_its_index_and_fingerprint()
    {
        var path = SharedGolden.Find("vanity/vanity.json");
        if (path is null)
        {
            Assert.Skip("vanity/vanity.json was not found: set BANDSTAND_GOLDEN to the folder that holds it.");
        }

        using var vectors = JsonDocument.Parse(File.ReadAllBytes(path));
        var indexes = vectors.RootElement.GetProperty("assignment_hash").GetProperty("vectors").EnumerateArray().ToList();
        var fingerprints = vectors.RootElement.GetProperty("fingerprints").GetProperty("vectors").EnumerateArray().ToList();
        Assert.Equal((100, 32), (indexes.Count, fingerprints.Count));
        Assert.All(indexes, row => Assert.Equal(
            row.GetProperty("index").GetInt32(),
            VanityHash.Index(row.GetProperty("name").GetString()!, row.GetProperty("identity").ToString(), row.GetProperty("n_alternatives").GetInt32())));
        Assert.All(fingerprints, row => Assert.Equal(
            row.GetProperty("fingerprint").GetString(),
            VanityHash.Fingerprint(row.GetProperty("experiment_id").GetString()!, row.GetProperty("alternative_index").GetInt32())));
    }

    [Fact]
    public void Where_the_name_ends_and_the_identity_begins_does_not_matter_past_the_stack_buffer()
    {
        var half = new string('é', 700);
        Assert.Equal(VanityHash.Index(half, half + "/" + half, 251), VanityHash.Index(half + "/" + half, half, 251));
    }
}
