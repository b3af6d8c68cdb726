using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Journal;

/// <summary>Eight slots, of which seven take entries and the last one is kept for claims.</summary>
public sealed class JournalFullRingTests
{
    private const int Capacity = 7;
    private readonly SimulatedGrainStorage storage = new();

    [Fact]
    public async Task Without_a_snapshot_a_full_ring_refuses_and_a_snapshot_after_the_recovery_frees_it()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(Capacity);

        Assert.Equal("journal-full", (await Assert.ThrowsAsync<JournalUnavailableException>(() => owner.Append("no room"))).Code);

        await owner.Recover();
        Assert.Equal(Capacity, owner.Words.Count);
        Assert.True(owner.Journal.SnapshotDue);
        await owner.Snapshot();
        await owner.Fill(3);
        Assert.Equal(owner.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task Groups_the_ring_has_no_room_for_are_durable_with_the_snapshot_behind_them()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(Capacity - 1);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var last = owner.Append(JournalOwner.Word(6, 100));
        var covered = owner.Append("covered");
        var snapshot = owner.Snapshot();
        storage.Decide = (kind, name) => kind == "write" && name == "head" ? Fate.Hold : Fate.Land;
        storage.Release();
        await last;
        Assert.False(covered.IsCompleted);
        Assert.DoesNotContain("slot-7", storage.Names);
        storage.Decide = (_, _) => Fate.Land;
        storage.Release();
        await snapshot;
        await covered;

        Assert.Equal(owner.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData(Fate.Fail, false)]
    [InlineData(Fate.LandAndFail, true)]
    public async Task Groups_that_rest_on_a_snapshot_share_its_unknown_fate(object fate, bool landed)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(Capacity - 1);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var last = owner.Append(JournalOwner.Word(6, 100));
        var covered = owner.Append("covered");
        _ = owner.Snapshot();
        storage.Decide = (kind, name) => kind == "write" && name == "head" ? (Fate)fate : Fate.Land;
        storage.Release();
        await last;

        await Assert.ThrowsAsync<JournalUnavailableException>(() => covered);
        storage.Decide = (_, _) => Fate.Land;
        Assert.Equal(landed, (await JournalOwner.Recovered(storage)).Words.Contains("covered"));
    }

    [Fact]
    public async Task Groups_wait_for_the_snapshot_under_way_to_make_room()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(Capacity);
        storage.Decide = (_, name) => name.StartsWith("snapshot", StringComparison.Ordinal) ? Fate.Hold : Fate.Land;
        var snapshot = owner.Snapshot();
        var waiting = owner.Append("waits");
        Assert.False(waiting.IsCompleted);
        storage.Decide = (_, _) => Fate.Land;
        while (storage.Held > 0)
        {
            storage.Release();
        }

        await snapshot;
        await waiting;

        Assert.Equal(owner.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_full_ring_can_be_claimed_any_number_of_times()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(Capacity);
        var words = owner.Words.ToArray();
        for (var i = 0; i < 30; i++)
        {
            var next = await JournalOwner.Recovered(storage);
            await Assert.ThrowsAsync<JournalUnavailableException>(() => owner.Append("stale"));
            Assert.Equal(words, next.Words);
            await Assert.ThrowsAsync<JournalUnavailableException>(() => next.Append("no room"));
            owner = next;
        }

        await owner.Recover();
        await owner.Snapshot();
        await owner.Append("room again");
        Assert.Equal([.. words, "room again"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task Claims_without_entries_do_not_use_up_the_ring()
    {
        for (var i = 0; i < 30; i++)
        {
            await JournalOwner.Recovered(storage);
        }

        Assert.Equal(["head", "slot-0"], storage.Names.Order());
    }
}
