using Bandstand.Assignment;
using Bandstand.Participants;
using static Bandstand.Tests.Participants.ShardFixture;

namespace Bandstand.Tests.Participants;

public class ExposureTests
{
    [Fact]
    public void The_first_report_fixes_the_alternative_whatever_the_hash_says()
    {
        var shard = new ShardFixture(Plan() with { Epoch = 4 });
        Assert.Equal(EventVerdict.Counted, shard.Expose("ann", 1, epoch: 2, at: Noon - 5));
        Assert.Equal(new ShardAnswer(AssignmentReason.Sticky, 1, 2, 1, false), shard.Assign("ann", bucket: 0));
        Assert.Equal(Noon - 5, shard.Describe("ann")!.AssignedAtMs);
    }

    [Fact]
    public void Without_an_epoch_it_is_the_one_in_force()
    {
        var shard = new ShardFixture(Plan() with { Epoch = 4 });
        shard.Expose("ann", 1);
        Assert.Equal(4, shard.Describe("ann")!.Epoch);
    }

    [Fact]
    public void A_report_of_another_alternative_moves_nobody_and_is_counted_as_a_conflict()
    {
        var shard = new ShardFixture();
        shard.Expose("ann", 1);
        shard.Assign("bob", bucket: 0);
        Assert.Equal(EventVerdict.Conflict, shard.Expose("ann", 0));
        Assert.Equal(EventVerdict.Conflict, shard.Expose("bob", 1));
        Assert.Equal(2, shard.Shard.Health().Conflicts);
        Assert.Equal(1, shard.Describe("ann")!.Alternative);
        Assert.Equal(0, shard.Describe("bob")!.Alternative);
    }

    [Fact]
    public void A_report_of_the_same_alternative_counts_as_a_repeat_and_writes_nothing()
    {
        var shard = new ShardFixture();
        shard.Assign("ann", at: Noon);
        var entries = shard.Journal.Count;
        Assert.Equal(EventVerdict.Counted, shard.Expose("ann", 0, at: Noon - 100));
        Assert.Equal(entries, shard.Journal.Count);
        Assert.Equal(Noon, shard.Describe("ann")!.AssignedAtMs);
    }

    [Fact]
    public void Epochs_and_alternatives_that_are_not_known_change_nothing()
    {
        var shard = new ShardFixture(Plan() with { Epoch = 4 });
        Assert.Equal(EventVerdict.UnknownEpoch, shard.Expose("ann", 0, epoch: 5));
        Assert.Equal(EventVerdict.UnknownEpoch, shard.Expose("ann", 0, epoch: int.MaxValue));
        Assert.Equal(EventVerdict.UnknownAlternative, shard.Expose("ann", 2));
        Assert.Empty(shard.Journal);
    }

    [Fact]
    public void A_batch_says_whether_a_plan_knows_all_it_names()
    {
        Assert.True(default(ShardBatch).FitsIn(Plan()));
        Assert.True(Batch(b => b.AddTrack(1, 1, 1, Noon)).FitsIn(Plan()));
        Assert.False(Batch(b => b.AddTrack(1, 2, 1, Noon)).FitsIn(Plan()));
        Assert.True(Batch(b => b.AddExposure(1, 1, 0, Noon)).FitsIn(Plan()));
        Assert.True(Batch(b => b.AddExposure(1, 1, -1, Noon)).FitsIn(Plan()));
        Assert.False(Batch(b => b.AddExposure(1, 2, -1, Noon)).FitsIn(Plan()));
        Assert.False(Batch(b => b.AddExposure(1, 1, 1, Noon)).FitsIn(Plan()));
        Assert.False(Batch(b => b.AddExposure(1, 1, int.MaxValue, Noon)).FitsIn(Plan()));
    }

    private static ShardBatch Batch(Action<ShardBatchWriter> write)
    {
        var writer = new ShardBatchWriter();
        write(writer);
        return writer.Written;
    }
}
