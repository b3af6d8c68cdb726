using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class RepeatTests
{
    private const long Day = 24 * 60 * 60 * 1_000L;

    [Fact]
    public void An_id_counts_once_whatever_became_of_it()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", id: 1));
        Assert.Equal(EventVerdict.Duplicate, shard.Track("ann", id: 1));
        Assert.Equal(EventVerdict.Held, shard.Track("bob", id: 2));
        Assert.Equal(EventVerdict.Duplicate, shard.Track("bob", id: 2));
        Assert.Equal(EventVerdict.Counted, shard.Expose("cid", 0, id: 3));
        Assert.Equal(EventVerdict.Duplicate, shard.Expose("cid", 0, id: 3));
        Assert.Equal(EventVerdict.Counted, shard.Expose("cid", 0, id: 4));
        Assert.Equal(EventVerdict.Duplicate, shard.Expose("cid", 0, id: 4));
        Assert.Equal(EventVerdict.Conflict, shard.Expose("cid", 1, id: 5));
        Assert.Equal(EventVerdict.Duplicate, shard.Expose("cid", 1, id: 5));
        Assert.Equal(1, shard.Shard.Health().Conflicts);
        Assert.Equal(1, shard.Describe("ann")!.Totals[0].Conversions);
    }

    [Fact]
    public void An_id_that_was_ignored_may_count_later()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Assert.Equal(EventVerdict.Ignored, shard.Track("ann", at: Noon - 1, id: 1));
        Assert.Equal(EventVerdict.Counted, shard.Track("ann", at: Noon, id: 1));
    }

    [Fact]
    public void An_id_twice_in_a_batch_counts_once()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Assert.Equal([EventVerdict.Counted, EventVerdict.Duplicate], shard.Apply(b =>
        {
            b.AddTrack(Key("ann"), 0, 1, Noon, 9);
            b.AddTrack(Key("ann"), 0, 1, Noon, 9);
        }, Noon));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_last_million_ids_are_known_and_no_other(bool hashed)
    {
        var window = new IdWindow();
        const int Added = 1_300_000;
        for (var i = 1; i <= Added; i++)
        {
            Assert.False(window.Contains(Id(i)));
            window.Add(Id(i));
        }

        Assert.Equal(IdWindow.Capacity, window.Count);
        for (var i = 1; i <= Added; i += 7)
        {
            Assert.Equal(i > Added - IdWindow.Capacity, window.Contains(Id(i)));
        }

        Assert.Equal(Id(Added - IdWindow.Capacity + 1), window.All().First());
        Assert.Equal(Id(Added), window.All().Last());

        ulong Id(int i) => hashed ? unchecked(((ulong)i * 0xd6e8feb86659fd93) ^ ((ulong)i * 0x9e3779b97f4a7c15 >> 29)) : (ulong)i;
    }

    [Fact]
    public void Ids_that_crowd_one_place_of_the_table_are_told_apart()
    {
        // The inverse of the multiplier in IdWindow.Home: all these have home 0.
        const ulong Inverse = 0xf1de83e19937733d;
        var ids = Enumerable.Range(1, 600).Select(i => unchecked((ulong)i * Inverse)).ToArray();
        var window = new IdWindow();
        foreach (var id in ids)
        {
            Assert.False(window.Contains(id));
            window.Add(id);
        }

        Assert.All(ids, id => Assert.True(window.Contains(id)));
        for (var i = 0UL; i < IdWindow.Capacity - 300; i++)
        {
            window.Add(0x8000_0000_0000_0000 | i);
        }

        Assert.All(ids[..300], id => Assert.False(window.Contains(id)));
        Assert.All(ids[300..], id => Assert.True(window.Contains(id)));
    }

    [Fact]
    public void A_batch_sent_again_counts_nothing_twice()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Assert.Equal([EventVerdict.Counted], Send(shard, 7, 1));
        var before = Bits(shard.Shard);
        Assert.Equal([EventVerdict.Duplicate], Send(shard, 7, 1));
        Assert.Equal(before, Bits(shard.Shard));
        Assert.Equal([EventVerdict.Counted], Send(shard, 8, 1));
        Assert.Equal([EventVerdict.Counted], Send(shard, 7, 0));
        Assert.Equal(3, shard.Describe("ann")!.Totals[0].Conversions);
    }

    [Fact]
    public void A_batch_1024_behind_the_newest_is_too_old_to_tell()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Send(shard, 7, 2_000);
        Assert.Equal(ProducerVerdict.TooOld, shard.Shard.CheckProducer(7, 976, Noon));
        Assert.Equal(ProducerVerdict.New, shard.Shard.CheckProducer(7, 977, Noon));
        Assert.Equal(ProducerVerdict.Seen, shard.Shard.CheckProducer(7, 2_000, Noon));
        Assert.Equal(ProducerVerdict.New, shard.Shard.CheckProducer(8, 1, Noon));
        Assert.Equal([EventVerdict.TooOld], Send(shard, 7, 976));
    }

    [Fact]
    public void A_producer_idle_for_7_days_is_forgotten()
    {
        var shard = new ShardFixture();
        shard.Assign("ann");
        Send(shard, 7, 2_000);
        Assert.Equal(ProducerVerdict.Seen, shard.Shard.CheckProducer(7, 2_000, Noon + (7 * Day)));
        Assert.Equal(ProducerVerdict.New, shard.Shard.CheckProducer(7, 2_000, Noon + (7 * Day) + 1));
        Assert.Equal([EventVerdict.Counted], Send(shard, 7, 0, Noon + (7 * Day) + 1));
        Assert.Equal(ProducerVerdict.New, shard.Shard.CheckProducer(7, 2_000, Noon + (7 * Day) + 2));
    }

    [Fact]
    public void A_window_tells_every_sequence_of_the_last_1024_apart()
    {
        var random = new System.Random(3);
        var windows = new ProducerWindows();
        var seen = new HashSet<long>();
        long newest = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var sequence = Math.Max(0, newest + random.Next(random.Next(20) == 0 ? 3_000 : 5) - random.Next(1_100));
            var expected = seen.Count > 0 && newest - sequence >= 1_024 ? ProducerVerdict.TooOld
                : seen.Contains(sequence) ? ProducerVerdict.Seen
                : ProducerVerdict.New;
            Assert.Equal(expected, windows.Check(1, sequence, 0));
            if (expected == ProducerVerdict.New)
            {
                windows.Mark(1, sequence, 0);
                seen.Add(sequence);
                newest = Math.Max(newest, sequence);
            }
        }
    }

    [Fact]
    public void The_largest_sequence_number_is_one_like_any_other()
    {
        var windows = new ProducerWindows();
        windows.Mark(1, long.MaxValue - 1, 0);
        windows.Mark(1, long.MaxValue, 0);
        Assert.Equal(ProducerVerdict.Seen, windows.Check(1, long.MaxValue, 0));
        Assert.Equal(ProducerVerdict.New, windows.Check(1, long.MaxValue - 2, 0));
        Assert.Equal(ProducerVerdict.TooOld, windows.Check(1, 5, 0));
    }

    [Fact]
    public void Of_too_many_producers_those_idle_longest_are_forgotten()
    {
        var windows = new ProducerWindows();
        var dropped = 0;
        for (var i = 0; i < ProducerWindows.MaxProducers + 1; i++)
        {
            dropped += windows.Mark((ulong)i + 1, 0, i);
        }

        Assert.Equal(ProducerWindows.DroppedAtOnce, dropped);
        Assert.Equal(ProducerWindows.MaxProducers + 1 - dropped, windows.Count);
        Assert.Equal(ProducerVerdict.New, windows.Check((ulong)dropped, 0, 0));
        Assert.Equal(ProducerVerdict.Seen, windows.Check((ulong)dropped + 1, 0, 0));
    }

    private static EventVerdict[] Send(ShardFixture shard, ulong producer, long sequence, long now = Noon) => shard.Apply(b =>
    {
        b.SetProducer(producer, sequence);
        b.AddTrack(Key("ann"), 0, 1, Noon);
    }, now);
}
