using Bandstand.Grains.Journal;
using Bandstand.Ports;
using Bandstand.Silo.Providers.Sqlite;
using Bandstand.Tests.Cluster.Journal;
using Orleans.Storage;

namespace Bandstand.Tests.Cluster.Silo;

public sealed class SqliteGrainStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("shard", "price/1/0");
    private readonly TempFolder folder = new();
    private readonly SiloDatabase one;
    private readonly SiloDatabase two;

    public SqliteGrainStorageTests() => (one, two) = (new SiloDatabase(folder.Path), new SiloDatabase(folder.Path));

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task What_one_silo_wrote_another_reads_and_so_does_the_next_start()
    {
        await Write(Storage(one), "a", null);
        Assert.Equal("a", (await Read(Storage(two))).Text);

        two.Dispose();
        one.Dispose();
        using var again = new SiloDatabase(folder.Path);
        Assert.Equal("a", (await Read(Storage(again))).Text);
    }

    [Fact]
    public async Task What_is_not_there_reads_as_not_there()
    {
        var (text, etag, exists) = await Read(Storage(one));

        Assert.Equal(("", null, false), (text, etag, exists));
    }

    [Fact]
    public async Task Only_the_stored_ETag_may_write_or_clear()
    {
        var first = await Write(Storage(one), "a", null);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(Storage(two), "b", null));
        var second = await Write(Storage(two), "b", first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(Storage(one), "c", first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Clear(Storage(one), first));
        await Clear(Storage(one), second);

        Assert.False((await Read(Storage(two))).Exists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(Storage(two), "d", second));
        Assert.NotEqual(first, await Write(Storage(two), "d", null));
    }

    [Fact]
    public async Task Of_many_silos_that_write_at_once_each_record_has_one_winner_and_nothing_waits_for_ever()
    {
        var won = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (i, _) =>
        {
            try
            {
                await Write(Storage(i % 2 == 0 ? one : two), $"{i}", null, $"slot-{i / 2}");
                Interlocked.Increment(ref won);
            }
            catch (InconsistentStateException)
            {
            }
        });

        Assert.Equal(200, won);
    }

    [Fact]
    public async Task A_journal_of_two_owners_in_two_processes_is_the_newer_ones()
    {
        var (older, newer) = (Journal(one), Journal(two));
        var (olderWords, newerWords) = (new JournalOwner(new SimulatedGrainStorage()), new JournalOwner(new SimulatedGrainStorage()));
        await older.Recover(olderWords, TestContext.Current.CancellationToken);
        await older.Append("one"u8);
        await newer.Recover(newerWords, TestContext.Current.CancellationToken);

        Assert.Equal("fenced", (await Assert.ThrowsAsync<JournalUnavailableException>(() => older.Append("lost"u8))).Code);
        await newer.Append("two"u8);
        await newer.Snapshot([new byte[] { 65 }]);
        await newer.Append("three"u8);
        await older.Recover(olderWords, TestContext.Current.CancellationToken);
        Assert.Equal(["A", "three"], olderWords.Words);
    }

    private static GrainStorageJournal Journal(SiloDatabase database) => new(Storage(database), Grain, JournalOwner.Actor);

    private static SqliteGrainStorage Storage(SiloDatabase database) => new(database, new StoredBytesSerializer(null!));

    private static async Task<string?> Write(SqliteGrainStorage storage, string text, string? etag, string name = "head")
    {
        var state = new GrainState<StoredBytes>(new StoredBytes { Data = System.Text.Encoding.UTF8.GetBytes(text) }, etag);
        await storage.WriteStateAsync(name, Grain, state);
        return state.ETag;
    }

    private static Task Clear(SqliteGrainStorage storage, string? etag)
        => storage.ClearStateAsync("head", Grain, new GrainState<StoredBytes>(new StoredBytes(), etag));

    private static async Task<(string Text, string? ETag, bool Exists)> Read(SqliteGrainStorage storage)
    {
        var state = new GrainState<StoredBytes>();
        await storage.ReadStateAsync("head", Grain, state);
        return (System.Text.Encoding.UTF8.GetString(state.State!.Data), state.ETag, state.RecordExists);
    }
}
