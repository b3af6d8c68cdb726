using System.Buffers.Binary;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage;

/// <summary>Opens the database file of a folder, or says clearly why not and leaves it as it is.</summary>
internal static class StoreFile
{
    private const string FileName = "bandstand.db";
    private const int HeaderBytes = 100;

    // Where SQLite's file format (sqlite.org/fileformat2.html) keeps what a program may say about itself.
    private const int UserVersionOffset = 60;
    private const int ApplicationIdOffset = 68;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Where the file lies.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>Opens it for the writer, in write-ahead mode, in the version this program writes.</summary>
    public static Database Open(string folder, SqliteStoreOptions options)
    {
        var path = PathIn(folder);
        CheckHeader(path);
        var database = Database.Open(path, create: true);
        try
        {
            if (database.IsReadOnly)
            {
                throw ReadOnly(path, null);
            }

            var version = CheckContents(database, path, options.Host);
            database.Execute("PRAGMA page_size=4096; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA checkpoint_fullfsync=ON; PRAGMA cell_size_check=ON; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=0");
            if (options.MaxBytes is { } most)
            {
                database.Execute($"PRAGMA max_page_count={most / 4096}");
            }

            StoreSchema.Upgrade(database, version, options.Host);
            if (database.Text("PRAGMA journal_mode=WAL") != "wal")
            {
                throw new StorageException("storage-unavailable", $"The file system of {folder} cannot hold a write-ahead log. Use a local disk.");
            }

            if (version != StoreSchema.Version)
            {
                database.CheckpointAndTruncate(); // The next start reads the version in the file's header.
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Looks at the first bytes without SQLite, which would already begin to repair.</summary>
    private static void CheckHeader(string path)
    {
        if (!File.Exists(path) || File.Exists(path + "-journal"))
        {
            return; // Nothing yet, or the first start was cut short and SQLite undoes it.
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
        {
            var read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
            if (read == 0)
            {
                return;
            }

            if (read < HeaderBytes || !header.StartsWith(Magic))
            {
                throw new StorageException(
                    "storage-not-a-database",
                    $"{path} is not a SQLite database, or its first bytes are lost. Restore it from a backup, or use another folder.");
            }
        }

        CheckIdentity(
            BinaryPrimitives.ReadUInt32BigEndian(header[ApplicationIdOffset..]),
            BinaryPrimitives.ReadUInt32BigEndian(header[UserVersionOffset..]),
            path);
    }

    /// <summary>Looks again with SQLite, which also sees what still lies in the log.</summary>
    /// <returns>The file's version, 0 when it is empty.</returns>
    private static long CheckContents(Database database, string path, string host)
    {
        if (database.Number("SELECT count(*) FROM sqlite_schema") == 0)
        {
            return 0;
        }

        var version = database.Number("PRAGMA user_version") ?? 0;
        CheckIdentity(database.Number("PRAGMA application_id") ?? 0, version, path);
        var owner = database.Text("SELECT value FROM meta WHERE key='host'");
        return owner == host
            ? version
            : throw new StorageException(
                "storage-other-host",
                $"{path} is kept by a {owner ?? "host that it does not name"}, not by a {host}; they cannot read each other's data. Use a folder of its own for each.");
    }

    private static void CheckIdentity(long applicationId, long version, string path)
    {
        if (applicationId != StoreSchema.ApplicationId)
        {
            throw new StorageException(
                "storage-foreign",
                $"{path} is a database of another program. Move it away, or use another folder.");
        }

        if (version > StoreSchema.Version)
        {
            throw new StorageException(
                "storage-newer",
                $"{path} has version {version}; this program reads up to version {StoreSchema.Version}. Start the later version again, or restore a backup made before the update.");
        }
    }

    /// <summary>The error of a file or folder that may not be written.</summary>
    public static StorageException ReadOnly(string path, Exception? cause) =>
        new("storage-read-only", $"{path} may not be written. Give this process the right to write there, or use another folder.", cause);
}
