using System.Text;
using Bandstand.Grains.Journal;

namespace Bandstand.Tests.Cluster.Journal;

public sealed class GrainStorageJournalTests
{
    private readonly SimulatedGrainStorage storage = new();

    [Fact]
    public async Task An_actor_that_was_never_written_replays_nothing()
    {
        var owner = await JournalOwner.Recovered(storage);

        Assert.Empty(owner.Words);
        Assert.True(owner.Ended);
        Assert.Equal(1, owner.Journal.Claim);
    }

    [Fact]
    public async Task What_was_appended_is_replayed_in_order()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Append("one");
        await owner.Append("two");
        await owner.Append("three");

        var next = await JournalOwner.Recovered(storage);

        Assert.Equal(["one", "two", "three"], next.Words);
        Assert.Equal(11, next.Journal.BytesSinceSnapshot);
    }

    [Fact]
    public async Task Nothing_can_be_appended_before_the_first_recovery()
    {
        var owner = new JournalOwner(storage);

        await Assert.ThrowsAsync<InvalidOperationException>(() => owner.Append("one"));
        await Assert.ThrowsAsync<InvalidOperationException>(owner.Snapshot);
        Assert.Empty(storage.Log);
    }

    [Fact]
    public async Task The_caller_may_reuse_its_bytes_at_once()
    {
        var owner = await JournalOwner.Recovered(storage);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        _ = owner.Append("first");
        var bytes = "again"u8.ToArray();
        var written = owner.Journal.Append(bytes);
        "other"u8.CopyTo(bytes);
        storage.Decide = (_, _) => Fate.Land;
        storage.Release();
        await written;

        Assert.Equal(["first", "again"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_large_entry_and_many_in_one_group_come_back()
    {
        var owner = await JournalOwner.Recovered(storage, new JournalOptions());
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var tasks = new List<Task> { owner.Append("before"), owner.Append(JournalOwner.Word(0, 5_000_000)), owner.Append("after") };
        tasks.AddRange(Enumerable.Range(0, 100).Select(i => owner.Append(JournalOwner.Word(i, 30_000))));
        storage.Decide = (_, _) => Fate.Land;
        storage.Release();
        await Task.WhenAll(tasks);

        Assert.Equal(owner.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_snapshot_of_many_megabytes_comes_back_whole()
    {
        var owner = await JournalOwner.Recovered(storage, new JournalOptions());
        ReadOnlyMemory<byte>[] parts = [.. Enumerable.Range(0, 9).Select(i => new ReadOnlyMemory<byte>([.. Enumerable.Repeat((byte)('a' + i), 1 << 20)]))];
        await owner.Journal.Snapshot(parts);

        var next = await JournalOwner.Recovered(storage, new JournalOptions());

        Assert.Equal(parts.Select(part => Encoding.UTF8.GetString(part.Span)), next.Words);
    }

    [Fact]
    public async Task A_recovery_waits_for_what_is_being_written()
    {
        var owner = await JournalOwner.Recovered(storage);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        var written = owner.Append("one");
        var waiting = owner.Append("two");
        var recovery = owner.Recover();
        Assert.False(recovery.IsCompleted);
        storage.Decide = (_, _) => Fate.Land;
        storage.Release();
        await written;
        await waiting;
        await recovery;

        Assert.Equal(["one", "two"], owner.Words);
    }

    [Fact]
    public async Task An_empty_entry_is_refused_and_so_is_one_that_no_ring_can_hold()
    {
        var owner = await JournalOwner.Recovered(storage);

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = owner.Journal.Append([]); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = owner.Journal.Append(new byte[8 * 256]); });
        await owner.Append("still usable");
    }

    [Fact]
    public async Task What_arrives_during_a_write_goes_into_one_next_write()
    {
        var owner = await JournalOwner.Recovered(storage);
        storage.Decide = (kind, _) => kind == "write" ? Fate.Hold : Fate.Land;
        storage.Log.Clear();

        var first = owner.Append("one");
        var second = owner.Append("two");
        var third = owner.Append("three");
        Assert.Same(second, third);
        Assert.NotSame(first, second);
        storage.Release();
        await first;
        Assert.False(second.IsCompleted);
        storage.Release();
        await third;

        Assert.Equal(["write slot-0", "write slot-0"], storage.Log);
    }

    [Fact]
    public async Task Small_groups_share_a_slot_until_it_is_filled()
    {
        var owner = await JournalOwner.Recovered(storage);

        await owner.Fill(8, 20);

        Assert.Equal(["head", "slot-0", "slot-1", "slot-2"], storage.Names.Order());
        Assert.Equal(owner.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(700)]
    [InlineData(1000)]
    public async Task An_entry_larger_than_a_slot_takes_several(int bytes)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Append("before");
        await owner.Append(JournalOwner.Word(1, bytes));
        await owner.Append("after");

        var next = await JournalOwner.Recovered(storage);

        Assert.Equal(["before", JournalOwner.Word(1, bytes), "after"], next.Words);
    }

    [Fact]
    public async Task A_snapshot_takes_the_place_of_the_entries_before_it()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(5, 10);
        var snapshot = owner.Snapshot();
        Assert.Equal(0, owner.Journal.BytesSinceSnapshot);
        await snapshot;
        await owner.Append("later");

        var next = await JournalOwner.Recovered(storage);

        Assert.Equal(owner.Words, next.Words);
        Assert.Equal(2, next.PartsReplayed);
        Assert.Equal(5, next.Journal.BytesSinceSnapshot);
    }

    [Fact]
    public async Task A_snapshot_of_nothing_is_a_snapshot()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Snapshot();

        Assert.Empty((await JournalOwner.Recovered(storage)).Words);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    [InlineData(251)]
    [InlineData(5000)]
    public async Task Parts_of_a_snapshot_come_back_as_they_were_whatever_the_records_hold(int bytes)
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Journal.Snapshot([Array.Empty<byte>(), new byte[] { 65 }, Enumerable.Repeat((byte)66, bytes).ToArray()]);

        var next = await JournalOwner.Recovered(storage);

        Assert.Equal(["A", new string('B', bytes)], next.Words);
        Assert.Equal(3, next.PartsReplayed);
    }

    [Fact]
    public async Task The_records_of_a_replaced_snapshot_are_deleted()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(20, 10);
        await owner.Snapshot();
        var first = storage.Names.Where(name => name.StartsWith("snapshot", StringComparison.Ordinal)).ToList();
        await owner.Snapshot();

        Assert.NotEmpty(first);
        Assert.DoesNotContain(storage.Names, first.Contains);
        Assert.Contains(storage.Names, name => name.StartsWith("snapshot-1-2-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Appends_go_on_while_a_snapshot_is_written()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Append("one");
        storage.Decide = (_, name) => name.StartsWith("snapshot", StringComparison.Ordinal) ? Fate.Hold : Fate.Land;
        var snapshot = owner.Snapshot();
        await owner.Append("two");
        Assert.False(snapshot.IsCompleted);
        storage.Decide = (_, _) => Fate.Land;
        storage.Release();
        await snapshot;

        Assert.Equal(3, owner.Journal.BytesSinceSnapshot);
        Assert.Equal(["one", "two"], (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task A_snapshot_is_due_when_half_of_the_ring_is_used_and_no_longer_once_it_is_enqueued()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(3);
        Assert.False(owner.Journal.SnapshotDue);
        await owner.Fill(2);
        Assert.True(owner.Journal.SnapshotDue);

        storage.Decide = (_, _) => Fate.Hold;
        _ = owner.Snapshot();

        Assert.False(owner.Journal.SnapshotDue);
    }

    [Fact]
    public async Task A_snapshot_is_due_after_so_many_bytes()
    {
        var owner = await JournalOwner.Recovered(storage, JournalOwner.Small with { SnapshotAfterBytes = 10 });
        await owner.Append("12345");
        Assert.False(owner.Journal.SnapshotDue);
        await owner.Append("67890");
        Assert.True(owner.Journal.SnapshotDue);
    }

    [Fact]
    public async Task The_layout_stays_as_it_was_first_written()
    {
        var owner = await JournalOwner.Recovered(storage);
        await owner.Fill(6);

        var next = await JournalOwner.Recovered(storage, new JournalOptions());
        await next.Fill(1);
        await next.Snapshot();
        await next.Fill(5, 200);

        Assert.DoesNotContain("slot-8", storage.Names);
        Assert.Equal(next.Words, (await JournalOwner.Recovered(storage)).Words);
    }

    [Fact]
    public async Task Going_round_the_ring_many_times_loses_nothing()
    {
        var owner = await JournalOwner.Recovered(storage);
        for (var round = 0; round < 40; round++)
        {
            await owner.Fill(1 + round % 3, 40 + round);
            if (owner.Journal.SnapshotDue)
            {
                await owner.Snapshot();
            }

            if (round % 7 == 0)
            {
                var next = await JournalOwner.Recovered(storage);
                Assert.Equal(owner.Words, next.Words);
                owner = next;
            }
        }
    }
}
