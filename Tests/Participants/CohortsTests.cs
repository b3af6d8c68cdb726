using Bandstand.Experiments;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class CohortsTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Who_is_closed_follows_from_the_time_of_the_question_alone()
    {
        var asked = new ShardFixture(Windowed());
        var quiet = new ShardFixture(Windowed());
        for (var person = 0; person < 200; person++)
        {
            var at = Noon + (person * Hour / 10);
            foreach (var shard in new[] { asked, quiet })
            {
                shard.Assign($"p{person}", at: at);
                shard.Track($"p{person}", value: 2 + person, at: at + 5);
            }

            asked.Shard.Statistics(at);
            asked.Shard.Statistics(at + (50 * Hour));
        }

        Assert.Equal(Bits(quiet.Shard), Bits(asked.Shard));
        for (var hour = -1; hour < 60; hour++)
        {
            var mature = Of(asked.Shard, Noon + (hour * Hour));
            Assert.Equal(Of(quiet.Shard, Noon + (hour * Hour)), mature);

            // A window is a day, and closes for all of a part of it together: never early, and at most a part late.
            var due = Enumerable.Range(0, 200).Count(person => (person * Hour / 10) + (24 * Hour) <= hour * Hour);
            var late = Enumerable.Range(0, 200).Count(person => (person * Hour / 10) + (24 * Hour) + (24 * Hour / 64) <= hour * Hour);
            Assert.InRange(mature.Participants, late, due);
        }
    }

    [Fact]
    public void Cohorts_that_closed_long_ago_take_no_room_each()
    {
        var shard = new ShardFixture(Windowed());
        for (var day = 0; day < 400; day++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                shard.Assign($"p{day}-{hour}", at: Noon + (((day * 24) + hour) * Hour));
            }
        }

        var before = shard.Shard.MemoryBytes - shard.Shard.RowBytes;
        Assert.Equal(9_600 - 24 - 1, Of(shard.Shard, Noon + (9_599 * Hour)).Participants);
        Assert.InRange(before, 0, 200_000);

        // An exposure of long ago belongs to those, too.
        shard.Expose("late", 0, at: Noon + Hour, now: Noon + (9_600 * Hour));
        Assert.Equal(9_600 - 24 + 1, Of(shard.Shard, Noon + (9_600 * Hour)).Participants);
        Assert.Equal(Bits(shard.Shard), Bits(Recover(Windowed(), [], shard.Journal)));
        Assert.Equal(Bits(shard.Shard), Bits(Recover(Windowed(), shard.Shard.Snapshot(), [])));
    }

    private static MatureStatistics Of(ParticipantShard shard, long now) => ExperimentStatistics.Merge([shard.Statistics(now)]).Total[0].Metrics[0].Mature!;

    private static ShardPlan Windowed() => Plan() with { Metrics = [new("revenue", MetricKind.Value, Rule: new() { Window = TimeSpan.FromDays(1) })] };
}
