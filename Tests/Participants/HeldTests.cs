using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class HeldTests
{
    private const long Minute = 60_000;

    [Fact]
    public void What_somebody_did_before_their_exposure_arrived_counts_if_it_happened_after_it()
    {
        var shard = new ShardFixture();
        Assert.Equal(EventVerdict.Held, shard.Track("ann", at: Noon + 5));
        Assert.Equal(EventVerdict.Held, shard.Track("ann", at: Noon));
        Assert.Equal(EventVerdict.Held, shard.Track("ann", at: Noon - 1));
        Assert.Equal(3, shard.Describe("ann")!.Held);
        shard.Expose("ann", 1, at: Noon, now: Noon + 10);
        Assert.Equal(2, shard.Describe("ann")!.Totals[0].Conversions);
        Assert.Equal(new ShardHealth { HeldEver = 3, HeldDropped = 1 }, shard.Shard.Health());
    }

    [Fact]
    public void It_counts_on_an_assignment_too()
    {
        var shard = new ShardFixture();
        shard.Track("ann", at: Noon + 1, now: Noon);
        shard.Assign("ann", at: Noon);
        Assert.Equal(1, shard.Describe("ann")!.Totals[0].Conversions);
    }

    [Fact]
    public void After_10_minutes_of_waiting_it_is_dropped()
    {
        var shard = new ShardFixture();
        shard.Track("ann", at: Noon, now: Noon);
        shard.Track("ann", at: Noon, now: Noon + 1);
        shard.Expose("ann", 1, at: Noon, now: Noon + (10 * Minute) + 1);
        Assert.Equal(1, shard.Describe("ann")!.Totals[0].Conversions);
        Assert.Equal(1, shard.Shard.Health().HeldDropped);
    }

    [Fact]
    public void Of_more_than_4096_the_oldest_are_dropped_and_counted()
    {
        var shard = new ShardFixture();
        for (var i = 0; i < 5_000; i++)
        {
            shard.Track($"p{i}", at: Noon + i);
        }

        Assert.Equal((4_096, 5_000, 904), (shard.Shard.Health().Held, shard.Shard.Health().HeldEver, shard.Shard.Health().HeldDropped));
        Assert.Null(shard.Describe("p903"));
        Assert.Equal(1, shard.Describe("p904")!.Held);
    }

    [Fact]
    public void What_is_held_when_its_metric_is_removed_does_not_count()
    {
        var shard = new ShardFixture();
        shard.Track("ann");
        shard.Switch(Plan() with { Version = 2, Metrics = [Plan().Metrics[0] with { Active = false }, Plan().Metrics[1]] });
        shard.Expose("ann", 0);
        Assert.Equal(0, shard.Describe("ann")!.Totals[0].Conversions);
    }

    [Fact]
    public void Held_events_of_many_people_come_back_in_order_and_only_to_their_own()
    {
        var held = new HeldTracks();
        var random = new System.Random(1);
        var model = new List<HeldTrack>();
        for (var i = 0; i < 30_000; i++)
        {
            var key = (ulong)random.Next(1, 300) << 32;
            if (random.Next(3) > 0)
            {
                var track = new HeldTrack(key, 0, i, i, i);
                Assert.Equal(model.Count == HeldTracks.Capacity ? 1 : 0, held.Add(track));
                model.Add(track);
                if (model.Count > HeldTracks.Capacity)
                {
                    model.RemoveAt(0);
                }
            }
            else if (random.Next(50) == 0)
            {
                var now = model.Count == 0 ? 0 : model[0].ArrivedMs + HeldTracks.KeptMs + random.Next(20);
                var expired = model.TakeWhile(t => t.ArrivedMs < now - HeldTracks.KeptMs).Count();
                Assert.Equal(expired, held.Expire(now));
                model.RemoveRange(0, expired);
            }
            else
            {
                Assert.Equal(model.Count(t => t.Key == key), held.CountOf(key));
                var found = model.FindIndex(t => t.Key == key);
                Assert.Equal(found >= 0, held.TryTake(key, out var track));
                if (found >= 0)
                {
                    Assert.Equal(model[found], track);
                    model.RemoveAt(found);
                }
            }

            Assert.Equal(model.Count, held.Count);
        }

        Assert.Equal(model, held.All());
    }
}
