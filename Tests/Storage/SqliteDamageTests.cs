using Bandstand.Ports;
using Bandstand.Storage;
using static Bandstand.Tests.Storage.JournalText;

namespace Bandstand.Tests.Storage;

/// <summary>What is not what was written stops its actor, and only that one.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private const int Actors = 5;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_changed_byte_of_an_entry_stops_its_actor_only()
    {
        await Fill();
        RawStore.Flip(folder.Path, "entry 2 of actor 3"u8);

        await AssertOnlyDamaged(Shard(3), "row 2 of its entries fails its checksum");
    }

    [Fact]
    public async Task A_changed_byte_of_a_snapshot_stops_its_actor_only()
    {
        await Fill();
        RawStore.Flip(folder.Path, "part 1 of actor 2"u8);

        await AssertOnlyDamaged(Shard(2), "part 2 of 2 of its snapshot fails its checksum");
    }

    [Theory]
    [InlineData("DELETE FROM entries WHERE id = (2 << 39 | 3)", "row 3 of its entries is missing")]
    [InlineData("DELETE FROM entries WHERE id = (2 << 39 | 4)", "row 4 of its entries is missing")]
    [InlineData("DELETE FROM entries WHERE id >> 39 = 2", "row 2 of its entries is missing")]
    [InlineData("UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE id = (2 << 39 | 2)) WHERE id = (2 << 39 | 3)", "row 3 of its entries fails its checksum")]
    [InlineData("UPDATE entries SET (checksum, bytes) = (SELECT checksum, bytes FROM entries WHERE id = (3 << 39 | 3)) WHERE id = (2 << 39 | 3)", "row 3 of its entries fails its checksum")]
    [InlineData("UPDATE actors SET head = 3 WHERE id = 2", "its row in the table of actors fails its checksum")]
    [InlineData("UPDATE actors SET snapshot = 0 WHERE id = 2", "its row in the table of actors fails its checksum")]
    [InlineData("DELETE FROM snapshots WHERE actor = 2", "its snapshot is missing")]
    [InlineData("UPDATE snapshots SET cut = 4 WHERE actor = 2", "its snapshot fails its checksum")]
    [InlineData("DELETE FROM parts WHERE id >> 20 = (SELECT id FROM snapshots WHERE actor = 2) AND id & 1", "part 2 of 2 of its snapshot is missing")]
    public async Task Rows_that_are_missing_swapped_or_changed_stop_their_actor_only(string damage, string message)
    {
        await Fill();
        RawStore.Execute(folder.Path, damage);

        await AssertOnlyDamaged(Shard(1), message);
    }

    [Fact]
    public async Task Rows_after_the_last_that_is_known_stop_their_actor()
    {
        // As when the disk forgot a page that it had confirmed: older, yet whole.
        await Fill();
        RawStore.Execute(folder.Path, "CREATE TABLE old AS SELECT * FROM actors WHERE id = 2");
        await using (var store = Open())
        {
            await RecordedReplay.Of(store.Open(Shard(1)));
            await store.Open(Shard(1)).Append("acknowledged");
        }

        RawStore.Execute(folder.Path, "REPLACE INTO actors SELECT * FROM old; DROP TABLE old");

        await AssertOnlyDamaged(Shard(1), "rows of entries after 4, the last it knows of");
    }

    [Fact]
    public async Task An_actor_whose_name_is_damaged_does_not_begin_again()
    {
        await Fill();
        RawStore.Execute(folder.Path, "UPDATE actors SET number = 1000 WHERE id = 2");
        await using var store = Open();

        foreach (var key in new[] { Shard(1), Shard(1_000) })
        {
            await Assert.ThrowsAsync<JournalDamagedException>(() => RecordedReplay.Of(store.Open(key)));
            await Assert.ThrowsAsync<InvalidOperationException>(() => store.Open(key).Append("must not"));
        }

        Assert.Empty((await RecordedReplay.Of(store.Open(Shard(2_000)))).Entries);
        await store.Drop([Shard(1), Shard(1_000)]);
        await store.Open(Shard(1)).Append("begins again when it was deleted");
    }

    [Fact]
    public async Task A_damaged_name_that_is_anothers_takes_nothing_from_it()
    {
        await Fill();
        RawStore.Execute(folder.Path, "UPDATE actors SET number = 3 WHERE id = 2");
        await using (var store = Open())
        {
            Assert.Equal(3, (await RecordedReplay.Of(store.Open(Shard(3)))).Entries.Count);
            await Assert.ThrowsAsync<JournalDamagedException>(() => RecordedReplay.Of(store.Open(Shard(1))));
            await store.Drop([Shard(1)]);
        }

        await using var reopened = Open();
        Assert.Equal(3, (await RecordedReplay.Of(reopened.Open(Shard(3)))).Entries.Count);
        Assert.Equal(3, (await RecordedReplay.Of(reopened.Open(Shard(0)))).Entries.Count);
    }

    [Fact]
    public async Task A_damaged_note_of_rows_to_delete_deletes_nothing()
    {
        await Fill();
        RawStore.Execute(folder.Path, "INSERT INTO sweeps (id, place, first, last, checksum) VALUES (1000, 1, 0, 1 << 50, 7)");
        await using (var store = Open())
        {
            await store.Open(Shard(9)).Append("later");
            await store.Drop([Shard(9)]); // Deletions are done in turn: the damaged one would have been first.
        }

        await using var reopened = Open();
        for (var i = 0; i < Actors; i++)
        {
            Assert.Equal(3, (await RecordedReplay.Of(reopened.Open(Shard(i)))).Entries.Count);
        }
    }

    [Fact]
    public async Task A_damaged_actor_can_be_dropped_and_begin_again()
    {
        await Fill();
        RawStore.Flip(folder.Path, "entry 2 of actor 3"u8);
        await using var store = Open();
        await Assert.ThrowsAsync<JournalDamagedException>(() => RecordedReplay.Of(store.Open(Shard(3))));

        await store.Drop([Shard(3)]);
        await store.Open(Shard(3)).Append("again");

        Assert.Equal(["again"], (await RecordedReplay.Of(store.Open(Shard(3)))).Entries);
    }

    [Fact]
    public async Task A_spoiled_page_of_one_actor_stops_that_one_only()
    {
        await using (var store = Open())
        {
            for (var actor = 0; actor < Actors; actor++)
            {
                for (var i = 0; i < 50; i++)
                {
                    await store.Open(Shard(actor)).Append($"entry {i:00} of actor {actor} {new string('x', 1_500)}");
                }
            }
        }

        RawStore.SpoilPage(folder.Path, "entry 25 of actor 2"u8);

        await using var reopened = Open();
        await Assert.ThrowsAsync<JournalDamagedException>(() => RecordedReplay.Of(reopened.Open(Shard(2))));
        foreach (var actor in new[] { 0, 1, 3, 4 })
        {
            Assert.Equal(50, (await RecordedReplay.Of(reopened.Open(Shard(actor)))).Entries.Count);
            await reopened.Open(Shard(actor)).Append("goes on");
        }
    }

    [Fact]
    public async Task A_page_that_is_spoiled_while_the_store_runs_stops_its_actor_and_the_others_recover_and_go_on()
    {
        await Fill();
        await using (var store = Open())
        {
            for (var i = 0; i < 10; i++)
            {
                await store.Open(Shard(8)).Append(new string('l', 2_000)); // So that actor 9 begins on another page.
            }

            await store.Open(Shard(9)).Append("elsewhere");
        }

        await using var running = Open();
        var journals = Enumerable.Range(0, Actors).Select(i => running.Open(Shard(i))).ToList();
        foreach (var journal in journals)
        {
            await RecordedReplay.Of(journal);
        }

        RawStore.SpoilPage(folder.Path, "entry 4 of actor 2"u8);
        var appends = journals.Select(journal => journal.Append("more")).ToList();
        var stopped = 0;
        for (var i = 0; i < Actors; i++)
        {
            // All actors of this small file share the page, so whoever needs it stops, and nobody else.
            try
            {
                await appends[i];
            }
            catch (JournalUnavailableException e)
            {
                Assert.Equal("storage-unavailable", e.Code);
                await Assert.ThrowsAsync<JournalDamagedException>(() => RecordedReplay.Of(journals[i]));
                stopped++;
            }
        }

        Assert.Equal(Actors, stopped);
        await RecordedReplay.Of(running.Open(Shard(9)));
        await running.Open(Shard(9)).Append("goes on");
        await running.Open(Shard(10)).Append("new");
    }

    private SqliteJournalStore Open() => SqliteJournalStore.Open(folder.Path, new SqliteStoreOptions { Host = "server" });

    /// <summary>Actors 0 to 4 (ids 1 to 5), each with a snapshot of two parts and rows 2 to 4.</summary>
    private async Task Fill()
    {
        await using var store = Open();
        for (var actor = 0; actor < Actors; actor++)
        {
            var journal = store.Open(Shard(actor));
            await journal.Append("before");
            await journal.Snapshot($"part 0 of actor {actor}", $"part 1 of actor {actor}");
            for (var i = 2; i <= 4; i++)
            {
                await journal.Append($"entry {i} of actor {actor}");
            }
        }
    }

    private async Task AssertOnlyDamaged(ActorKey damaged, string message)
    {
        await using var store = Open();
        Assert.Equal(Actors, store.List().Count);
        foreach (var key in Enumerable.Range(0, Actors).Select(i => Shard(i)))
        {
            if (key == damaged)
            {
                var told = await Assert.ThrowsAsync<JournalDamagedException>(() => RecordedReplay.Of(store.Open(key)));
                Assert.Equal(damaged, told.Actor);
                Assert.Contains(message, told.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<InvalidOperationException>(() => store.Open(key).Append("must not"));
            }
            else
            {
                var replay = await RecordedReplay.Of(store.Open(key));
                Assert.Equal(2, replay.Parts.Count);
                Assert.Equal(3, replay.Entries.Count);
                await store.Open(key).Append("goes on");
            }
        }
    }
}
