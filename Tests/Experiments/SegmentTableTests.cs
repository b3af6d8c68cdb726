using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class SegmentTableTests
{
    private const string Split = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","segments":["country","plan"]}""";

    [Fact]
    public void The_fifty_most_frequent_values_are_named_and_the_rest_is_other()
    {
        var counts = Enumerable.Range(0, 60).Select(i => new SegmentCount(0, $"c{i:00}", [0, i % 2, 100 - i]));
        var table = SegmentTable.Of(Given(Split).Experiment, [[.. counts, new(0, null, [0, 0, 500])], [new(0, "c59", [0, 0, 1_000]), new(0, "other", [0, 1, 7])]]);
        var values = table.Views()[0].Values;
        Assert.Equal(52, values.Count);
        Assert.Equal(("c59", 1_041L), (values[0].Value, values[0].Participants));
        Assert.Equal([("a", 1_000L), ("b", 41L)], values[0].Alternatives.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(["other", "(none)"], values.TakeLast(2).Select(value => value.Value));
        Assert.Equal(7 + Enumerable.Range(49, 10).Sum(i => 100L - i), values[^2].Participants);
        Assert.Empty(table.Views()[1].Values);
    }

    [Fact]
    public void Other_is_everybody_whose_value_is_not_named()
    {
        var table = SegmentTable.Of(Given(Split).Experiment, [[new(0, "DE", [0, 0, 5]), new(0, "other", [0, 0, 1]), new(0, null, [0, 0, 2])]]);
        var choice = table.Find(Request("country:other")).Value.Choice;
        Assert.Equal((0, true), (choice.Slot, choice.Except));
        Assert.Equal(["(none)", "DE"], choice.Values.Order(StringComparer.Ordinal));
        Assert.Equal(["(none)"], table.Find(Request("country:(none)")).Value.Choice.Values);
    }

    [Theory]
    [InlineData("country", "country, plan")]
    [InlineData("city:Rome", "country, plan")]
    [InlineData("country:FR", "DE")]
    [InlineData("plan:free", "Nobody takes part yet")]
    public void An_unknown_segment_is_refused_with_those_there_are(string segment, string named)
    {
        var refusal = SegmentTable.Of(Given(Split).Experiment, [[new(0, "DE", [0, 0, 5])]]).Find(Request(segment)).Refusal!;
        Assert.Equal((RefusalKind.NotFound, "segment-not-found"), (refusal.Kind, refusal.Code));
        Assert.Contains(named, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mismatch_in_one_of_many_segments_is_found_and_chance_in_another_is_corrected_for()
    {
        // 60 of 80 is one in a million for a segment that was chosen beforehand, not for the oddest of fifty.
        var healthy = Enumerable.Range(0, 48).Select(i => new SegmentCount(0, $"c{i}", [0, 0, 500, 0, 1, 500]));
        var table = SegmentTable.Of(Given(Split).Experiment, [[.. healthy, new(0, "odd", [0, 0, 66, 0, 1, 30]), new(0, "broken", [0, 0, 900, 0, 1, 300])]]);
        var ratios = table.Views()[0].Values.ToDictionary(value => value.Value, value => value.SampleRatio);
        Assert.True(ratios["broken"].Mismatch);
        Assert.False(ratios["odd"].Mismatch);
        Assert.Equal(1, ratios["c7"].PValue);
        Assert.Equal(ratios["broken"], table.Find(Request("country:broken")).Value.Request.SampleRatio);
    }

    [Fact]
    public void Attributes_come_and_go_and_keep_their_slots()
    {
        var scenario = Given(Split);
        var metrics = scenario.Experiment.Metrics.Length;
        var next = scenario.When(Split.Replace("\"country\",\"plan\"", "\"plan\",\"browser\"", StringComparison.Ordinal)).ThenApplied();
        Assert.Equal([new("country", metrics, false), new("plan", metrics), new("browser", metrics)], next.Segments);
        Assert.Equal([new("country", metrics), new("plan", metrics), new SegmentSlot("browser", metrics, false)], scenario.When(Split).ThenApplied().Segments);
    }

    private static ScoreRequest Request(string segment) => ExperimentScores.Request(Given(Split).Experiment, new ScoreQuery(Segment: segment), Noon).Value;
}
