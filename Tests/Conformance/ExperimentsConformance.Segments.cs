using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Ports;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    private const string SplitArms = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"},{"id":"revenue","kind":"value"}],"shards":4,"segments":["country","beta"]}""";

    [Fact]
    public async Task Results_are_split_by_what_was_known_at_the_assignment()
    {
        await Define("price", SplitArms);
        await Arrive("de", 30, """{"country":"DE","beta":true}""");
        await Arrive("fr", 20, """{"country":"FR"}""");
        await Arrive("no", 10, null);
        await Bandstand.AssignMany("price", [.. Enumerable.Range(0, 5).Select(i => new AssignmentRequest($"de{i}", Attributes("""{"country":"IT"}""")))], Token);
        for (var number = 0; number < 10; number++)
        {
            await Track("signup", $"de{number}");
            await Track("revenue", $"fr{number}", 3);
        }

        Assert.Equal((30L, 10L, 10.0), await SegmentTotals("country:DE", "signup"));
        Assert.Equal((20L, 0L, 0.0), await SegmentTotals("country:FR", "signup"));
        Assert.Equal((20L, 10L, 10.0), await SegmentTotals("country:FR", "revenue"));
        Assert.Equal((10L, 0L, 0.0), await SegmentTotals("country:(none)", "signup"));
        Assert.Equal((30L, 10L, 10.0), await SegmentTotals("beta:true", "signup"));
        Assert.Equal((60L, 10L, 10.0), await Totals("price"));
        Assert.Equal([KeyValuePair.Create("country", "DE"), KeyValuePair.Create("beta", "true")], (await Bandstand.Participant("de3", Token)).Value.Experiments.Single().Segments);
    }

    [Fact]
    public async Task Segments_tell_who_takes_part_and_an_unknown_one_which_there_are()
    {
        await Define("price", SplitArms);
        await Arrive("de", 12, """{"country":"DE"}""");
        await Arrive("fr", 20, """{"country":"FR"}""");

        var segments = (await Bandstand.Segments("price", Token)).Value;
        var unknown = (await Bandstand.Score("price", new ScoreQuery(Segment: "country:XX"), Token)).Refusal!;

        Assert.Equal(["country", "beta"], segments.Select(segment => segment.Attribute));
        Assert.Equal([("FR", 20L), ("DE", 12L)], segments[0].Values.Select(value => (value.Value, value.Participants)));
        Assert.Equal(20, segments[0].Values[0].Alternatives.Sum(pair => pair.Value));
        Assert.Equal(1, segments[0].Values[0].SampleRatio.PValue);
        Assert.Equal((RefusalKind.NotFound, "segment-not-found"), (unknown.Kind, unknown.Code));
        Assert.Contains("FR, DE", unknown.Detail, StringComparison.Ordinal);
        Assert.Empty((await Bandstand.Segments("nothing-split", Token)).Refusal is null ? ["it was found"] : Array.Empty<string>());
    }

    [Fact]
    public async Task An_attribute_that_is_added_later_splits_who_comes_from_then_on()
    {
        await Define("price", SplitArms.Replace(""","segments":["country","beta"]""", string.Empty, StringComparison.Ordinal));
        await Arrive("early", 10, """{"country":"DE"}""");
        await Define("price", SplitArms);
        await Arrive("late", 15, """{"country":"DE"}""");
        await Track("signup", "early1");
        await Bandstand.Erase("late0", Token);

        Assert.Equal((14L, 0L, 0.0), await SegmentTotals("country:DE", "signup"));
        Assert.Equal((10L, 1L, 1.0), await SegmentTotals("country:(none)", "signup"));
    }

    private async Task Arrive(string prefix, int people, string? attributes)
    {
        for (var number = 0; number < people; number++)
        {
            await Bandstand.Assign("price", new AssignmentRequest($"{prefix}{number}", attributes is null ? null : Attributes(attributes)), Token);
        }
    }

    private async Task<(long Participants, long Converted, double Conversions)> SegmentTotals(string segment, string metric)
    {
        var report = (await Bandstand.Score("price", new ScoreQuery("sequential", metric, Segment: segment), Token)).Value;
        Assert.Equal(segment, report.Segment);
        return (report.Alternatives.Sum(row => row.Participants), report.Alternatives.Sum(row => row.Converted), report.Alternatives.Sum(row => row.Conversions));
    }

    private static JsonElement Attributes(string json) => JsonDocument.Parse(json).RootElement.Clone();
}
