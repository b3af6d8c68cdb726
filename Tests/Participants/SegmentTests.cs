using System.Text.Json;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class SegmentTests
{
    [Fact]
    public void More_values_than_a_shard_can_tell_apart_are_others()
    {
        var shard = new ShardFixture(Split());
        for (var number = 0; number < 300; number++)
        {
            Assign(shard, $"p{number}", $"city{number}");
            Assign(shard, $"q{number}", $"city{number}");
        }

        var counts = shard.Shard.SegmentCounts();
        Assert.Equal(255, counts.Count);
        Assert.Equal([0, 0, 2], counts.Single(c => c.Value == "city253").Counts);
        Assert.Equal([0, 0, 92], counts.Single(c => c.Value == SegmentValue.Other).Counts);
        Assert.Equal(92, Participants(shard.Shard, new SegmentChoice(0, [SegmentValue.Other])));
        Assert.Equal(598, Participants(shard.Shard, new SegmentChoice(0, ["city7"], Except: true)));
        Assert.Equal(Bits(shard.Shard), Bits(Recover(Split(), [], shard.Journal)));
        Assert.Equal(Bits(shard.Shard), Bits(Recover(Split(), shard.Shard.Snapshot(), [])));
    }

    [Fact]
    public void A_segment_that_was_never_met_is_damage()
    {
        var shard = new ShardFixture(Split());
        Assign(shard, "ann", "Rome");
        var entry = shard.Journal.Single().AsSpan();
        var damaged = entry.ToArray();
        Assert.Equal(1, damaged[^1]);
        damaged[^1] = 2;
        Assert.Throws<InvalidDataException>(() => Recover(Split(), [], [damaged]));
    }

    [Fact]
    public void Four_attributes_take_one_word_and_none_takes_nothing()
    {
        Assert.Equal(5 * 4, BytesPerRow(0));
        Assert.Equal(6 * 4, BytesPerRow(1));
        Assert.Equal(6 * 4, BytesPerRow(4));
        Assert.Equal(7 * 4, BytesPerRow(5));

        static int BytesPerRow(int attributes)
            => 4 * RowLayout.Of([new("m", Bandstand.Experiments.MetricKind.Conversion)], [.. Enumerable.Range(0, attributes).Select(i => new SegmentSlot($"s{i}", 1))]).Words;
    }

    [Theory]
    [InlineData("\"DE\"", "DE")]
    [InlineData("\"\"", null)]
    [InlineData("\"(none)\"", null)]
    [InlineData("null", null)]
    [InlineData("7.0", "7")]
    [InlineData("-0", "0")]
    [InlineData("1e400", "1e400")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("[1]", "other")]
    [InlineData("{}", "other")]
    public void An_attribute_becomes_a_text(string json, string? expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, SegmentValue.Of(document.RootElement));
        Assert.Null(SegmentValue.Of(default));
    }

    [Fact]
    public void A_text_that_is_too_long_or_none_is_other()
    {
        using var half = JsonDocument.Parse("\"\\ud800\"");
        Assert.Equal("other", SegmentValue.Of(half.RootElement));
        using var wide = JsonDocument.Parse($"\"{new string('€', 67)}\"");
        Assert.Equal("other", SegmentValue.Of(wide.RootElement));
        using var document = JsonDocument.Parse($"[\"{new string('x', 100)}\",\"{new string('x', 101)}\"]");
        Assert.Equal(100, SegmentValue.Of(document.RootElement[0])!.Length);
        Assert.Equal("other", SegmentValue.Of(document.RootElement[1]));
    }

    private static ShardPlan Split() => Plan() with { Segments = [new SegmentSlot("city", 2)] };

    private static void Assign(ShardFixture shard, string identity, string? value)
        => shard.Turn(log => shard.Shard.Assign(new ShardQuestion(Key(identity), 0, -1, ShardQuestionFlags.None, Noon, [value]), log));

    private static long Participants(ParticipantShard shard, SegmentChoice choice)
        => ExperimentStatistics.Merge([shard.Statistics(Noon, choice)]).Participants;
}
