using Bandstand.Ports;
using static Bandstand.Tests.Storage.JournalText;

namespace Bandstand.Tests.Storage;

/// <summary>What every <see cref="IJournalStore"/> has to do. A store's own tests derive from it.</summary>
public abstract class JournalStoreConformance
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>An empty store.</summary>
    /// <param name="commit">
    /// Runs before each group becomes durable, with one in flight at most; when its task fails, so does the group.
    /// </param>
    protected abstract IJournalStore Create(Func<Task>? commit = null);

    /// <summary>The same store as another process finds it after this one was closed.</summary>
    protected abstract Task<IJournalStore> Reopen(IJournalStore store);

    [Fact]
    public async Task An_actor_that_was_never_written_replays_nothing()
    {
        await using var store = Create();
        var journal = store.Open(Shard(0));

        var replay = await RecordedReplay.Of(journal);

        Assert.Empty(replay.Parts);
        Assert.Empty(replay.Entries);
        Assert.Empty(store.List());
        Assert.Equal(0, journal.BytesSinceSnapshot);
    }

    [Fact]
    public async Task Entries_come_back_one_by_one_in_order_after_a_restart()
    {
        var entries = Enumerable.Range(0, 500).Select(i => $"entry {i} {new string('x', i)}").ToList();
        var store = Create();
        var journal = store.Open(Shard(0));
        foreach (var entry in entries)
        {
            var written = journal.Append(entry);
            if (entry.Length % 10 == 0)
            {
                await written;
            }
        }

        store = await Reopen(store);
        await using var end = store;

        journal = store.Open(Shard(0));
        Assert.Equal(entries, (await RecordedReplay.Of(journal)).Entries);
        Assert.Equal(entries.Sum(entry => entry.Length), journal.BytesSinceSnapshot);
    }

    [Fact]
    public async Task Entries_appended_after_a_recovery_follow_those_before_it()
    {
        var store = Create();
        await store.Open(Shard(0)).Append("a");
        for (var i = 0; i < 3; i++)
        {
            store = await Reopen(store);
            await RecordedReplay.Of(store.Open(Shard(0)));
            await store.Open(Shard(0)).Append($"b{i}");
        }

        await using var end = store;
        Assert.Equal(["a", "b0", "b1", "b2"], (await RecordedReplay.Of(store.Open(Shard(0)))).Entries);
    }

    [Fact]
    public async Task Appending_to_a_journal_with_entries_needs_a_recovery_first()
    {
        var store = Create();
        await store.Open(Shard(0)).Append("a");
        store = await Reopen(store);
        await using var end = store;

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Open(Shard(0)).Append("b"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Open(Shard(0)).Snapshot("b"));
    }

    [Fact]
    public async Task An_empty_entry_is_refused()
    {
        await using var store = Create();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.Open(Shard(0)).Append(""));
    }

    [Fact]
    public async Task The_caller_may_reuse_its_bytes_at_once()
    {
        await using var store = Create();
        var journal = store.Open(Shard(0));
        var bytes = "first"u8.ToArray();
        var written = journal.Append(bytes);
        "other"u8.CopyTo(bytes);
        await written;

        Assert.Equal(["first"], (await RecordedReplay.Of(journal)).Entries);
    }

    [Fact]
    public async Task A_large_entry_and_many_in_one_group_come_back()
    {
        var large = new string('l', 5_000_000);
        var entries = new List<string> { "before", large, "after" };
        entries.AddRange(Enumerable.Range(0, 100).Select(i => new string('m', 30_000) + i));
        var store = Create();
        await Task.WhenAll(entries.Select(entry => store.Open(Shard(0)).Append(entry)));

        store = await Reopen(store);
        await using var end = store;
        Assert.Equal(entries, (await RecordedReplay.Of(store.Open(Shard(0)))).Entries);
    }

    [Fact]
    public async Task Actors_do_not_see_each_others_entries()
    {
        var store = Create();
        ActorKey[] keys =
        [
            new(ActorKind.Experiment, "price", 0, 0), new(ActorKind.Shard, "price", 1, 0), new(ActorKind.Shard, "price", 2, 0),
            new(ActorKind.Shard, "price", 1, 1), new(ActorKind.Timestep, "price", 1, 0), new(ActorKind.Metrics, "", 0, 0),
            new(ActorKind.Shard, "päivä", long.MaxValue, int.MaxValue),
        ];
        await Task.WhenAll(keys.Select(key => store.Open(key).Append(key.ToString())));

        store = await Reopen(store);
        await using var end = store;
        Assert.Equal(keys.ToHashSet(), store.List().ToHashSet());
        foreach (var key in keys)
        {
            Assert.Equal([key.ToString()], (await RecordedReplay.Of(store.Open(key))).Entries);
        }
    }

    [Fact]
    public async Task The_same_key_opens_the_same_journal()
    {
        await using var store = Create();
        Assert.Same(store.Open(Shard(0)), store.Open(Shard(0)));
        Assert.NotSame(store.Open(Shard(0)), store.Open(Shard(1)));
    }

    [Fact]
    public async Task A_snapshot_replaces_the_entries_before_it_and_none_after_it()
    {
        var store = Create();
        var journal = store.Open(Shard(0));
        await journal.Append("a");
        var before = journal.Append("b");
        var snapshot = journal.Snapshot("part 1", "", "part 3");
        Assert.Equal(0, journal.BytesSinceSnapshot);
        var after = journal.Append("c");
        await Task.WhenAll(before, snapshot, after, journal.Append("dd"));
        Assert.Equal(3, journal.BytesSinceSnapshot);

        store = await Reopen(store);
        await using var end = store;
        journal = store.Open(Shard(0));
        var replay = await RecordedReplay.Of(journal);
        Assert.Equal(["part 1", "", "part 3"], replay.Parts);
        Assert.Equal(["c", "dd"], replay.Entries);
        Assert.Equal(3, journal.BytesSinceSnapshot);
    }

    [Fact]
    public async Task The_latest_snapshot_counts()
    {
        var store = Create();
        var journal = store.Open(Shard(0));
        for (var i = 0; i < 20; i++)
        {
            _ = journal.Append($"e{i}");
            _ = journal.Snapshot([.. Enumerable.Range(0, (i % 4) + 1).Select(part => $"{i}.{part}")]);
        }

        await journal.Append("last");
        store = await Reopen(store);
        await using var end = store;
        var replay = await RecordedReplay.Of(store.Open(Shard(0)));
        Assert.Equal(["19.0", "19.1", "19.2", "19.3"], replay.Parts);
        Assert.Equal(["last"], replay.Entries);
    }

    [Fact]
    public async Task A_snapshot_may_be_the_first_thing_written_and_may_have_no_parts()
    {
        var store = Create();
        await store.Open(Shard(0)).Snapshot("only");
        await store.Open(Shard(1)).Append("gone");
        await store.Open(Shard(1)).Snapshot();
        await store.Open(Shard(1)).Append("stays");

        store = await Reopen(store);
        await using var end = store;
        Assert.Equal(["only"], (await RecordedReplay.Of(store.Open(Shard(0)))).Parts);
        var replay = await RecordedReplay.Of(store.Open(Shard(1)));
        Assert.Empty(replay.Parts);
        Assert.Equal(["stays"], replay.Entries);
        Assert.Equal(2, store.List().Count);
    }

    [Fact]
    public async Task A_snapshot_of_many_megabytes_comes_back_whole()
    {
        var parts = Enumerable.Range(0, 9).Select(i => new string((char)('a' + i), 1 << 20)).ToArray();
        var store = Create();
        var journal = store.Open(Shard(0));
        var snapshot = journal.Snapshot(parts);
        var meanwhile = Enumerable.Range(0, 50).Select(i => journal.Append($"meanwhile {i}")).ToList();
        await Task.WhenAll([snapshot, .. meanwhile]);

        store = await Reopen(store);
        await using var end = store;
        var replay = await RecordedReplay.Of(store.Open(Shard(0)));
        Assert.Equal(parts, replay.Parts);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"meanwhile {i}"), replay.Entries);
    }

    [Fact]
    public async Task Dropped_actors_are_gone_and_the_others_stay()
    {
        var store = Create();
        foreach (var i in Enumerable.Range(0, 10))
        {
            var journal = store.Open(Shard(i));
            _ = journal.Append("a");
            _ = journal.Snapshot("s");
            await journal.Append("b");
        }

        var old = store.Open(Shard(3));
        await store.Drop([Shard(3), Shard(4), Shard(99)]);

        var refused = await Assert.ThrowsAsync<JournalUnavailableException>(() => old.Append("c"));
        Assert.Equal("fenced", refused.Code);
        Assert.DoesNotContain(Shard(3), store.List());
        Assert.Empty((await RecordedReplay.Of(store.Open(Shard(3)))).Entries);
        await store.Open(Shard(3)).Append("new life");

        store = await Reopen(store);
        await using var end = store;
        Assert.Equal(9, store.List().Count);
        var replay = await RecordedReplay.Of(store.Open(Shard(3)));
        Assert.Empty(replay.Parts);
        Assert.Equal(["new life"], replay.Entries);
        Assert.Equal(["b"], (await RecordedReplay.Of(store.Open(Shard(5)))).Entries);
    }

    [Fact]
    public async Task While_one_group_is_written_all_appends_share_the_next()
    {
        var disk = new Gate();
        await using var store = Create(disk.Pass);
        var first = store.Open(Shard(0)).Append("first");
        await disk.Reached(1);

        var second = store.Open(Shard(0)).Append("second");
        var others = Enumerable.Range(1, 20).Select(i => store.Open(Shard(i)).Append("other")).ToList();

        Assert.NotSame(first, second);
        Assert.All(others, other => Assert.Same(second, other));
        Assert.False(first.IsCompleted);
        disk.Open();
        await first;
        await second;
        Assert.Equal(2, disk.Passed);
    }

    [Fact]
    public async Task A_failed_group_fails_the_next_and_both_must_recover_and_nothing_acknowledged_is_lost()
    {
        var disk = new Gate();
        disk.Open();
        var store = Create(disk.Pass);
        var (a, b, c) = (store.Open(Shard(0)), store.Open(Shard(1)), store.Open(Shard(2)));
        await a.Append("a1");
        await b.Append("b1");
        await c.Append("c1");

        disk.Close();
        var failing = a.Append("a2");
        await disk.Reached(disk.Passed + 1);
        var behind = a.Append("a3");
        var beside = b.Append("b2");
        disk.FailNext();
        disk.Open();

        foreach (var lost in new[] { failing, behind, beside, a.Append("a4"), b.Append("b3"), a.Snapshot("wrong") })
        {
            Assert.Equal("storage-unavailable", (await Assert.ThrowsAsync<JournalUnavailableException>(() => lost)).Code);
        }

        await c.Append("c2");
        Assert.Equal(["a1"], (await RecordedReplay.Of(a)).Entries);
        await a.Append("a5");
        Assert.Equal(["b1"], (await RecordedReplay.Of(b)).Entries);
        await b.Append("b4");

        store = await Reopen(store);
        await using var end = store;
        Assert.Equal(["a1", "a5"], (await RecordedReplay.Of(store.Open(Shard(0)))).Entries);
        Assert.Equal(["b1", "b4"], (await RecordedReplay.Of(store.Open(Shard(1)))).Entries);
        Assert.Equal(["c1", "c2"], (await RecordedReplay.Of(store.Open(Shard(2)))).Entries);
    }

    [Fact]
    public async Task A_recovery_waits_for_what_is_being_written()
    {
        var disk = new Gate();
        await using var store = Create(disk.Pass);
        var journal = store.Open(Shard(0));
        _ = journal.Append("a");
        await disk.Reached(1);
        _ = journal.Append("b");
        var recovery = RecordedReplay.Of(journal);
        Assert.False(recovery.IsCompleted);
        disk.Open();

        Assert.Equal(["a", "b"], (await recovery).Entries);
    }

    [Fact]
    public async Task Closing_writes_what_was_appended_and_then_refuses()
    {
        var store = Create();
        var journal = store.Open(Shard(0));
        var tasks = Enumerable.Range(0, 100).Select(i => journal.Append($"{i}")).ToList();
        var reopened = await Reopen(store);
        await using var end = reopened;

        await Task.WhenAll(tasks);
        Assert.Equal("storage-closed", (await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.Append("late"))).Code);
        Assert.Equal(100, (await RecordedReplay.Of(reopened.Open(Shard(0)))).Entries.Count);
    }

    [Fact]
    public async Task Many_threads_append_and_snapshot_and_every_actor_keeps_its_order()
    {
        const int actors = 24;
        const int entries = 300;
        var store = Create();
        await Parallel.ForAsync(0, actors, Cancel, async (actor, _) =>
        {
            var journal = store.Open(Shard(actor));
            var snapshot = Task.CompletedTask;
            for (var i = 0; i < entries; i++)
            {
                var written = journal.Append($"{actor}:{i}");
                if ((i + actor) % 7 == 0)
                {
                    await written;
                }

                if (i == 100 + actor)
                {
                    snapshot = journal.Snapshot($"up to {i}");
                }
            }

            await snapshot;
        });

        store = await Reopen(store);
        await using var end = store;
        for (var actor = 0; actor < actors; actor++)
        {
            var replay = await RecordedReplay.Of(store.Open(Shard(actor)));
            Assert.Equal([$"up to {100 + actor}"], replay.Parts);
            Assert.Equal(Enumerable.Range(101 + actor, entries - 101 - actor).Select(i => $"{actor}:{i}"), replay.Entries);
        }
    }

    [Theory]
    [InlineData("b", "Entry 2 of shard 0 of experiment \"price\"")]
    [InlineData("end", "Entry 3 of shard 0 of experiment \"price\"")]
    [InlineData("p", "Part 2 of the snapshot of shard 1 of experiment \"price\"")]
    [InlineData("d", "Entry 2 after the snapshot of shard 1 of experiment \"price\"")]
    public async Task What_a_replay_cannot_read_is_named_and_stays_as_it_is(string refused, string named)
    {
        var store = Create();
        await Task.WhenAll(from entry in new[] { "a", "b", "c" } select store.Open(Shard(0)).Append(entry));
        await store.Open(Shard(1)).Snapshot("o", "p");
        await Task.WhenAll(from entry in new[] { "c", "d" } select store.Open(Shard(1)).Append(entry));
        store = await Reopen(store);
        await using var end = store;
        var journal = store.Open(Shard(refused is "b" or "end" ? 0 : 1));

        var error = await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.Recover(new PickyReplay(refused), Cancel));

        Assert.Equal("storage-unreadable", error.Code);
        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{refused}\" is no number. Nothing was changed. Run the version that wrote it", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c"], (await RecordedReplay.Of(store.Open(Shard(0)))).Entries);
        Assert.Equal(["o", "p", "c", "d"], await RecordedReplay.Of(store.Open(Shard(1))) is var read ? [.. read.Parts, .. read.Entries] : []);
    }

    /// <summary>A state that one part or entry makes no sense to.</summary>
    private sealed class PickyReplay(string refused) : IJournalReplay
    {
        public void Begin()
        {
        }

        public void SnapshotPart(ReadOnlySpan<byte> part) => Read(System.Text.Encoding.UTF8.GetString(part));

        public void Entry(ReadOnlySpan<byte> entry) => Read(System.Text.Encoding.UTF8.GetString(entry));

        public void End() => Read("end");

        private void Read(string text)
        {
            if (text == refused)
            {
                throw new FormatException($"\"{text}\" is no number.");
            }
        }
    }
}
