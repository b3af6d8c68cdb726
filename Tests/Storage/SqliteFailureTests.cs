using Bandstand.Ports;
using Bandstand.Storage;
using Bandstand.Storage.Sqlite;
using static Bandstand.Tests.Storage.JournalText;

namespace Bandstand.Tests.Storage;

/// <summary>When nothing can be written: a clear code, nothing acknowledged lost, and on it goes once it can.</summary>
public sealed class SqliteFailureTests : IDisposable
{
    private const int DiskFull = 13;
    private const int FlushFailed = 10 | (4 << 8);

    private readonly TempFolder folder = new();
    private Func<Exception?> fault = () => null;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Past_the_allowed_size_writing_fails_and_goes_on_when_there_is_room_again()
    {
        await using var store = Open(folder.Path, maxBytes: 1 << 20);
        await store.Open(Shard(1)).Append(new string('o', 300_000));
        var journal = store.Open(Shard(0));
        var acknowledged = await AppendUntilFull(journal);
        Assert.Equal("storage-full", (await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.Append("not before a recovery"))).Code);
        Assert.Equal(acknowledged, (await RecordedReplay.Of(journal)).Entries);

        await store.Drop([Shard(1)]);

        acknowledged.Add("after " + new string('a', 100_000));
        await journal.Append(acknowledged[^1]);
        Assert.Equal(acknowledged, (await RecordedReplay.Of(journal)).Entries);
    }

    [Fact]
    public async Task A_full_disk_fails_what_it_cannot_hold_and_goes_on_when_there_is_room_again()
    {
        using var disk = TinyDisk.OfMegabytes(6);
        var acknowledged = new List<string>();
        await using (var store = Open(disk.Path))
        {
            var journal = store.Open(Shard(0));
            for (var i = 0; i < 20; i++)
            {
                acknowledged.Add($"{i} {new string('x', 50_000)}");
                await journal.Append(acknowledged[^1]);
            }

            var ballast = disk.Fill();
            acknowledged.AddRange(await AppendUntilFull(journal));
            Assert.Equal(acknowledged, (await RecordedReplay.Of(journal)).Entries);
            Assert.Equal("storage-full", (await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.Snapshot(new string('s', 1_000_000)))).Code);
            Assert.Equal(acknowledged, (await RecordedReplay.Of(journal)).Entries);

            File.Delete(ballast);
            acknowledged.Add("after");
            await journal.Append("after");
        }

        await using var reopened = Open(disk.Path);
        Assert.Equal(acknowledged, (await RecordedReplay.Of(reopened.Open(Shard(0)))).Entries);
    }

    [Fact]
    public async Task A_failed_flush_fails_its_group_and_the_log_is_renewed_before_it_is_used_again()
    {
        await using var store = Open(folder.Path);
        var journal = store.Open(Shard(0));
        await journal.Append("a");
        fault = () => new SqliteFailure(FlushFailed, "the flush failed");

        Assert.Equal("storage-unavailable", (await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.Append("b"))).Code);
        fault = () => null;
        Assert.Equal(["a"], (await RecordedReplay.Of(journal)).Entries);
        Assert.NotEqual(0, LogLength());
        fault = () =>
        {
            Assert.Equal(0, LogLength()); // The next group finds an empty log.
            return null;
        };
        await journal.Append("c");

        Assert.Equal(["a", "c"], (await RecordedReplay.Of(journal)).Entries);
    }

    [Theory]
    [InlineData(DiskFull, "storage-full")]
    [InlineData(FlushFailed, "storage-unavailable")]
    public async Task A_snapshot_that_fails_leaves_all_entries_and_needs_a_recovery(int error, string code)
    {
        await using var store = Open(folder.Path);
        var (journal, other) = (store.Open(Shard(0)), store.Open(Shard(1)));
        await journal.Append("a");
        await other.Append("b");
        var commits = 0;
        fault = () => ++commits == 3 ? new SqliteFailure(error, "in the middle") : null;

        var snapshot = journal.Snapshot([.. Enumerable.Range(0, 5).Select(_ => new string('s', 1_000_000))]);

        Assert.Equal(code, (await Assert.ThrowsAsync<JournalUnavailableException>(() => snapshot)).Code);
        Assert.Equal(code, (await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.Append("c"))).Code);
        var replay = await RecordedReplay.Of(journal);
        Assert.Empty(replay.Parts);
        Assert.Equal(["a"], replay.Entries);
        Assert.Equal(1, journal.BytesSinceSnapshot);
        await journal.Append("d");
        await other.Append("e");
    }

    [Fact]
    public async Task A_drop_that_cannot_be_written_is_tried_again()
    {
        var store = Open(folder.Path);
        await store.Open(Shard(0)).Append("a");
        var commits = 0;
        fault = () => ++commits <= 2 ? new SqliteFailure(DiskFull, "no room to delete") : null;
        await store.Drop([Shard(0)]);
        await store.DisposeAsync();

        Assert.True(commits > 2);
        Assert.Equal(0, RawStore.CountRows(folder.Path));
    }

    [Fact]
    public async Task The_log_stays_short_while_much_is_written()
    {
        const int checkpoint = 256 << 10;
        await using var store = SqliteJournalStore.Open(folder.Path, new SqliteStoreOptions { Host = "server", CheckpointBytes = checkpoint });
        for (var i = 0; i < 100; i++)
        {
            await store.Open(Shard(i % 3)).Append(new string('x', 50_000));
            Assert.InRange(LogLength(), 0, checkpoint + 100_000);
        }

        Assert.True(new FileInfo(folder.Database).Length > 4_000_000);
    }

    [Fact]
    public async Task A_clean_close_leaves_no_log()
    {
        var store = Open(folder.Path);
        await store.Open(Shard(0)).Append("a");
        Assert.NotEqual(0, LogLength());
        await store.DisposeAsync();

        Assert.Equal(["bandstand.db", "bandstand.lock", "bandstand.pid"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    private static async Task<List<string>> AppendUntilFull(IJournal journal)
    {
        var acknowledged = new List<string>();
        while (true)
        {
            Assert.True(acknowledged.Count < 1_000);
            var entry = $"until full {acknowledged.Count} {new string('u', 20_000)}";
            try
            {
                await journal.Append(entry);
            }
            catch (JournalUnavailableException full)
            {
                Assert.Equal("storage-full", full.Code);
                return acknowledged;
            }

            acknowledged.Add(entry);
        }
    }

    private SqliteJournalStore Open(string path, long? maxBytes = null) => SqliteJournalStore.Open(path, new SqliteStoreOptions
    {
        Host = "server",
        MaxBytes = maxBytes,
        BeforeCommit = () =>
        {
            if (fault() is { } failure)
            {
                throw failure;
            }
        },
    });

    private long LogLength() => new FileInfo(folder.Database + "-wal").Length;
}
