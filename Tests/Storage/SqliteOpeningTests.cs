using System.Globalization;
using Bandstand.Storage;
using Bandstand.Storage.Sqlite;
using static Bandstand.Tests.Storage.JournalText;

namespace Bandstand.Tests.Storage;

/// <summary>What cannot be opened says so, with a code and a remedy, and is left as it is.</summary>
public sealed class SqliteOpeningTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_a_newer_version_is_refused(bool seenInTheHeader)
    {
        await Fill();
        Write("PRAGMA user_version=99", seenInTheHeader);

        AssertRefused("storage-newer", "version 99");
    }

    [Fact]
    public async Task A_file_of_another_host_is_refused()
    {
        await Fill();
        AssertRefused("storage-other-host", "kept by a server, not by a silo", host: "silo");
        await using var store = Open();
        Assert.Single(store.List());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_of_another_program_is_refused(bool seenInTheHeader)
    {
        await Fill();
        Write("PRAGMA application_id=7", seenInTheHeader);

        AssertRefused("storage-foreign", "another program");
    }

    [Fact]
    public void A_plain_database_without_any_mark_is_refused()
    {
        using (var database = Database.Open(folder.Database, create: true))
        {
            database.Execute("CREATE TABLE t (x)");
        }

        AssertRefused("storage-foreign", "another program");
    }

    [Theory]
    [InlineData("short")]
    [InlineData("This is a text about bands and stands that happens to lie where a database should be, long enough to have a header.")]
    public void A_file_that_is_no_database_is_refused(string text)
    {
        File.WriteAllText(folder.Database, text);

        AssertRefused("storage-not-a-database", "not a SQLite database");
    }

    [Fact]
    public async Task A_header_that_makes_no_sense_is_refused()
    {
        await Fill();
        Overwrite(offset: 16, [0x00, 0x03]); // The size of a page.

        AssertRefused("storage-damaged", "Restore it from a backup");
    }

    [Fact]
    public async Task A_table_of_tables_that_makes_no_sense_is_refused()
    {
        await Fill();
        Overwrite(offset: 100, [.. Enumerable.Repeat((byte)0xA7, 3000)]);

        AssertRefused("storage-damaged", "Restore it from a backup");
    }

    [Fact]
    public async Task A_folder_that_is_in_use_is_refused_and_names_the_process()
    {
        await using var store = Open();
        AssertRefused("storage-in-use", $"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.");
        await store.Open(Shard(0)).Append("unharmed");
    }

    [Fact]
    public void A_folder_that_is_a_file_is_refused()
    {
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        AssertRefused("storage-not-a-folder", "is a file", at: file);
    }

    [Fact]
    public void A_folder_below_a_file_is_refused()
    {
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        AssertRefused("storage-unavailable", "cannot be opened", at: Path.Combine(file, "below"));
    }

    [Fact]
    public void A_folder_that_may_only_be_read_is_refused()
    {
        using var disk = TinyDisk.OfMegabytes(2);
        disk.MakeReadOnly();
        AssertRefused("storage-read-only", "may not be written", at: disk.Path);
        AssertRefused("storage-read-only", "may not be written", at: Path.Combine(disk.Path, "below"));
    }

    [Fact]
    public void A_full_disk_is_refused()
    {
        using var disk = TinyDisk.OfMegabytes(2);
        disk.Fill();
        AssertRefused("storage-full", "Make room", at: disk.Path);
    }

    [Fact]
    public async Task A_disk_that_fills_up_between_two_runs_is_refused_and_loses_nothing()
    {
        using var disk = TinyDisk.OfMegabytes(2);
        await using (var store = Open(disk.Path))
        {
            await store.Open(Shard(0)).Append("kept");
        }

        var ballast = disk.Fill();
        AssertRefused("storage-full", "Make room", at: disk.Path);
        File.Delete(ballast);
        await using var reopened = Open(disk.Path);
        Assert.Equal(["kept"], (await RecordedReplay.Of(reopened.Open(Shard(0)))).Entries);
    }

    [Fact]
    public async Task A_first_start_that_was_cut_short_begins_again()
    {
        File.WriteAllBytes(folder.Database, []);
        await using var store = Open();
        await store.Open(Shard(0)).Append("a");
    }

    [Fact]
    public async Task A_folder_is_created_and_a_refused_start_can_be_repeated()
    {
        var below = Path.Combine(folder.Path, "a", "b");
        await using (var first = Open(below))
        {
            AssertRefused("storage-in-use", "in use", at: below);
        }

        await using var second = Open(below);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("server", 1_000L, null)]
    [InlineData("server", null, 1_000)]
    public void Options_out_of_range_are_refused(string host, long? maxBytes, int? checkpointBytes) =>
        Assert.ThrowsAny<ArgumentException>(() => SqliteJournalStore.Open(
            folder.Path, new SqliteStoreOptions { Host = host, MaxBytes = maxBytes, CheckpointBytes = checkpointBytes ?? 1 << 20 }));

    private SqliteJournalStore Open(string? at = null, string host = "server") =>
        SqliteJournalStore.Open(at ?? folder.Path, new SqliteStoreOptions { Host = host });

    private async Task Fill()
    {
        await using var store = Open();
        await store.Open(Shard(0)).Append("kept");
    }

    private void Write(string sql, bool intoTheHeader)
    {
        using var database = Database.Open(folder.Database, create: false);
        database.Execute(sql);
        if (intoTheHeader)
        {
            database.CheckpointAndTruncate();
        }
    }

    private void Overwrite(long offset, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(folder.Database, FileMode.Open);
        file.Position = offset;
        file.Write(bytes);
    }

    private void AssertRefused(string code, string words, string? at = null, string host = "server")
    {
        var before = Files();
        var refused = Assert.Throws<StorageException>(() => Open(at, host));
        Assert.Equal(code, refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    /// <summary>The bytes of database and log; a log without any is as good as none.</summary>
    private string[] Files() =>
    [
        .. Directory.GetFiles(folder.Path, "bandstand.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && new FileInfo(file).Length > 0).Order()
            .Select(file => file + Convert.ToBase64String(ReadShared(file))),
    ];

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
