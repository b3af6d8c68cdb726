using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Journal;

public sealed class JournalFailureTests
{
    private readonly SimulatedGrainStorage storage = new();

    [Theory]
    [InlineData(Fate.Fail, false)]
    [InlineData(Fate.LandAndFail, true)]
    [InlineData(Fate.LandAndConflict, true)]
    public async Task After_a_write_of_unknown_fate_the_recovery_says_what_became_of_it(object fate, bool landed)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Append("before");
        storage.Decide = (kind, _) => kind == "write" ? (Fate)fate : Fate.Land;
        await Assert.ThrowsAsync<JournalUnavailableException>(() => owner.Append("unknown"));
        storage.Decide = (_, _) => Fate.Land;

        await owner.Recover();
        await owner.Append("after");

        string[] expected = landed ? ["before", "unknown", "after"] : ["before", "after"];
        Assert.Equal(expected, owner.Words);
        Assert.Equal(expected, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_failed_write_fails_all_that_waits_and_every_append_until_the_recovery()
    {
        var owner = await JournalOwner.Recovered(storage);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var written = owner.Append("one");
        var waiting = owner.Append("two");
        var snapshot = owner.Snapshot();
        storage.Release(fate: Fate.Fail);
        storage.Decide = (_, _) => Fate.Land;

        foreach (var failed in new[] { written, waiting, snapshot, owner.Append("three"), owner.Snapshot() })
        {
            Assert.Equal("storage-unavailable", (await Assert.ThrowsAsync<JournalUnavailableException>(() => failed)).Code);
        }

        await owner.Recover();
        Assert.Empty(owner.Words);
        await owner.Append("four");
        Assert.Equal(["four"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_group_over_several_slots_is_replayed_as_a_whole_or_not_at_all(int slotsWritten)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Append("before");
        var writes = 0;
        storage.Decide = (kind, _) => kind == "write" && writes++ >= slotsWritten ? Fate.Fail : Fate.Land;
        await Assert.ThrowsAsync<JournalUnavailableException>(() => owner.Append(JournalOwner.Word(0, 600)));
        storage.Decide = (_, _) => Fate.Land;

        await owner.Recover();
        await owner.Append("after");
        await owner.Append(JournalOwner.Word(1, 300));

        Assert.Equal(["before", "after", JournalOwner.Word(1, 300)], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_snapshot_whose_records_fail_leaves_the_entries()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(5, 10);
        storage.Decide = (_, name) => name.EndsWith("-0", StringComparison.Ordinal) && name.StartsWith("snapshot", StringComparison.Ordinal) ? Fate.LandAndFail : Fate.Land;
        await Assert.ThrowsAsync<JournalUnavailableException>(owner.Snapshot);
        storage.Decide = (_, _) => Fate.Land;

        var next = await JournalOwner.Recovered(storage);

        Assert.Equal(owner.Words, next.Words);
        Assert.Equal(0, next.PartsReplayed);
        Assert.DoesNotContain(storage.Names, name => name.StartsWith("snapshot", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Fate.Fail)]
    [InlineData(Fate.LandAndFail)]
    [InlineData(Fate.LandAndConflict)]
    public async Task A_head_of_unknown_fate_neither_loses_nor_doubles_an_entry(object fate)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(5, 10);
        await owner.Snapshot();
        await owner.Fill(5, 10);
        storage.Decide = (kind, name) => kind == "write" && name == "head" ? (Fate)fate : Fate.Land;
        await Assert.ThrowsAsync<JournalUnavailableException>(owner.Snapshot);
        storage.Decide = (_, _) => Fate.Land;
        var words = owner.Words.ToArray();

        await owner.Recover();
        await owner.Fill(1, 10);
        await owner.Snapshot();

        Assert.Equal(words, owner.Words.Take(10));
        Assert.Equal(owner.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData(Fate.Fail)]
    [InlineData(Fate.LandAndFail)]
    [InlineData(Fate.LandAndConflict)]
    public async Task A_recovery_may_fail_at_any_request_and_be_repeated(object fate)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(5, 60);
        await owner.Snapshot();
        await owner.Fill(2, 60);
        for (var failing = 0; ; failing++)
        {
            var requests = 0;
            var next = new JournalOwner(storage);
            storage.Decide = (_, _) => requests++ == failing ? (Fate)fate : Fate.Land;
            try
            {
                await next.Recover();
            }
            catch (JournalUnavailableException)
            {
                await next.Recover();
            }

            storage.Decide = (_, _) => Fate.Land;
            Assert.Equal(owner.Words, next.Words);
            await next.Append("x");
            owner = next;
            if (requests <= failing)
            {
                break;
            }

            if (next.Journal.SnapshotDue)
            {
                await next.Snapshot();
            }
        }
    }

    [Fact]
    public async Task A_write_that_is_not_answered_in_time_fails_and_cannot_land_after_the_recovery()
    {
        var clock = new ManualClock();
        var journal = new Grains.Journal.GrainStorageJournal(storage, Orleans.Runtime.GrainId.Create("shard", "price/1/0"), JournalOwner.Actor, JournalOwner.Small, clock);
        var replay = new JournalOwner(storage);
        await journal.Recover(replay, TestContext.Current.CancellationToken);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var appended = journal.Append("late"u8);

        clock.Advance(JournalOwner.Small.StorageTimeout);

        Assert.Equal("storage-unavailable", (await Assert.ThrowsAsync<JournalUnavailableException>(() => appended)).Code);
        storage.Decide = (_, _) => Fate.Land;
        await journal.Recover(replay, TestContext.Current.CancellationToken);
        storage.Release();
        await journal.Append("next"u8);
        Assert.Equal(["next"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData("head")]
    [InlineData("slot-0")]
    [InlineData("slot-1")]
    [InlineData("slot-2")]
    [InlineData("snapshot-1-1-0")]
    public async Task A_changed_byte_stops_the_actor_with_a_clear_error(string name)
    {
        await WithSnapshotAndSlots();
        for (var at = 0; at < storage.Stored(name)!.Length; at++)
        {
            storage.Corrupt(name, bytes => Flip(bytes, at));
            var error = await Assert.ThrowsAsync<JournalDamagedException>(() => JournalOwner.Recovered(storage));
            Assert.Equal(JournalOwner.Actor, error.Actor);
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            storage.Corrupt(name, bytes => Flip(bytes, at));
        }

        static byte[] Flip(byte[] bytes, int at)
        {
            bytes[at] ^= 0x10;
            return bytes;
        }
    }

    [Theory]
    [InlineData("head")]
    [InlineData("slot-1")]
    [InlineData("slot-2")]
    [InlineData("snapshot-1-1-0")]
    public async Task A_lost_record_stops_the_actor_instead_of_shortening_its_life(string name)
    {
        await WithSnapshotAndSlots();
        storage.Corrupt(name, _ => null);

        await Assert.ThrowsAsync<JournalDamagedException>(() => JournalOwner.Recovered(storage));
    }

    [Fact]
    public async Task A_slot_in_anothers_place_stops_the_actor()
    {
        await WithSnapshotAndSlots();
        storage.Corrupt("slot-2", _ => storage.Stored("slot-1"));

        await Assert.ThrowsAsync<JournalDamagedException>(() => JournalOwner.Recovered(storage));
    }

    // A snapshot up to slot 1 and entries in slots 1 to 4.
    private async Task WithSnapshotAndSlots()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(2);
        await owner.Snapshot();
        await owner.Fill(3);
    }
}
