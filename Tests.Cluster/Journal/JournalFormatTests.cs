using System.Text;
using Bandstand.Grains.Journal;

namespace Bandstand.Tests.Cluster.Journal;

/// <summary>What is stored today must be readable by every later version: these bytes never change.</summary>
public sealed class JournalFormatTests
{
    [Fact]
    public void A_slot_is_stored_as_it_always_was()
    {
        var slot = JournalSlot.Empty(JournalOwner.Actor, "slot-5", 13, 2)
            .With(2, "abc"u8, ChunkEnds.First)
            .With(3, "d"u8, ChunkEnds.Last);

        Assert.Equal("644B5299424A53310D000000000000000300000000000000020000000D0000006162630600000064", Convert.ToHexString(slot.Bytes));
    }

    [Fact]
    public void A_head_is_stored_as_it_always_was()
    {
        var head = new JournalHead
        {
            Claim = 7,
            RingSlots = 512,
            SlotBytes = 65536,
            FillBytes = 16384,
            FirstSequence = 600,
            CoveredChunks = 4,
            Snapshot = new SnapshotReference(new SnapshotId(6, 3), 2, 300_000),
            Garbage = [new SnapshotReference(new SnapshotId(5, 2), 1, 0)],
            Dropped = true,
        };

        var bytes = head.ToBytes(JournalOwner.Actor);

        Assert.Equal(
            "E7FB45E1424A4831070000000000000000020000000001000040000058020000000000000400000001000000060000000000"
            + "0000030000000000000002000000E093040000000000010000000500000000000000020000000000000001000000",
            Convert.ToHexString(bytes));
        Assert.Equivalent(head, JournalHead.Read(JournalOwner.Actor, bytes), strict: true);
    }

    [Fact]
    public async Task A_whole_journal_is_stored_under_these_names()
    {
        var storage = new SimulatedGrainStorage();
        var owner = await JournalOwner.Recovered(storage);
        await owner.Append("one");
        await owner.Snapshot();
        await owner.Append("two");

        Assert.Equal(["head", "slot-0", "snapshot-1-1-0"], storage.Names.Order());
        Assert.Equal("D5C7209F01000000030000006F6E65", Convert.ToHexString(storage.Stored("snapshot-1-1-0")!));
        Assert.Equal("one", Encoding.UTF8.GetString(storage.Stored("snapshot-1-1-0")![^3..]));
    }
}
