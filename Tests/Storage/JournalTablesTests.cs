using Bandstand.Storage;
using Bandstand.Storage.Journal;

namespace Bandstand.Tests.Storage;

public sealed class JournalTablesTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_durable_transaction_waits_for_the_disk_whatever_came_before_it()
    {
        using var database = StoreFile.Open(folder.Path, new SqliteStoreOptions { Host = "server" });
        var tables = new JournalTables(database, new WriteAheadLog(database, 1 << 20), StoreContents.Read(database), beforeCommit: null);
        foreach (var durable in new[] { true, false, false, true, false, true, true })
        {
            tables.Begin(durable);
            Assert.Equal(durable ? 2 : 1, database.Number("PRAGMA synchronous")); // 2 is FULL, 1 is NORMAL.
            tables.Commit();
        }

        Assert.Equal("wal", database.Text("PRAGMA journal_mode"));
        Assert.Equal(0, database.Number("PRAGMA wal_autocheckpoint"));
    }
}
