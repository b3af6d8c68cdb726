using Bandstand.Storage;
using static Bandstand.Tests.Storage.JournalText;

namespace Bandstand.Tests.Storage;

/// <summary>What the files hold before every single commit is what a crash there would leave: each must open and be whole.</summary>
public sealed class SqliteCrashPointTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TempFolder copies = new();
    private int commits;

    public void Dispose()
    {
        folder.Dispose();
        copies.Dispose();
    }

    [Fact]
    public async Task A_crash_while_a_snapshot_is_written_leaves_the_old_one_with_all_entries_or_the_new_one()
    {
        await using (var store = SqliteJournalStore.Open(folder.Path, new SqliteStoreOptions { Host = "server", BeforeCommit = Copy }))
        {
            var journal = store.Open(Shard(0));
            await journal.Append("1");
            await journal.Snapshot("old");
            for (var i = 2; i <= 600; i++)
            {
                _ = journal.Append($"{i}");
                await (i % 60 == 0 ? store.Open(Shard(1)).Append("other") : Task.CompletedTask);
            }

            await journal.Snapshot([.. Enumerable.Range(0, 4).Select(i => $"new {i} {new string('n', 1_000_000)}")]);
            await journal.Append("601");
            await store.Drop([Shard(1)]);
        }

        var seenOldWithAll = false;
        var seenNew = false;
        for (var i = 0; i < commits; i++)
        {
            await using var store = SqliteJournalStore.Open(Path.Combine(copies.Path, $"{i}"), new SqliteStoreOptions { Host = "server" });
            var replay = await RecordedReplay.Of(store.Open(Shard(0)));
            switch (replay.Parts.Count)
            {
                case 0:
                    Assert.True(replay.Entries is [] or ["1"]);
                    break;
                case 1:
                    Assert.Equal(["old"], replay.Parts);
                    Assert.Equal(Enumerable.Range(2, replay.Entries.Count).Select(number => $"{number}"), replay.Entries);
                    seenOldWithAll |= replay.Entries.Count == 599;
                    break;
                default:
                    Assert.Equal(4, replay.Parts.Count);
                    Assert.True(replay.Entries is [] or ["601"]);
                    seenNew = true;
                    break;
            }

            // What nobody reads any more is swept after the restart, whatever was cut short.
            await store.Open(Shard(0)).Snapshot("end");
            await store.Drop([Shard(1)]);
            await store.Drop([Shard(0)]);
        }

        Assert.True(seenOldWithAll && seenNew);
        for (var i = 0; i < commits; i++)
        {
            Assert.Equal(0, RawStore.CountRows(Path.Combine(copies.Path, $"{i}")));
        }
    }

    private void Copy()
    {
        var target = Directory.CreateDirectory(Path.Combine(copies.Path, $"{commits++}")).FullName;
        foreach (var name in new[] { "bandstand.db", "bandstand.db-wal" })
        {
            if (File.Exists(Path.Combine(folder.Path, name)))
            {
                File.Copy(Path.Combine(folder.Path, name), Path.Combine(target, name));
            }
        }
    }
}
