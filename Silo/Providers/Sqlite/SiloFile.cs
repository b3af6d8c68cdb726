using System.Buffers.Binary;
using Bandstand.Storage;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>
/// Opens the file that the silos of one machine share, or says clearly why not and leaves it as it is. It has the name and
/// the mark of the server's file and names its host, so that each refuses the other's.
/// </summary>
internal static class SiloFile
{
    private const string Host = "silo";
    private const int Version = 1;
    private const int HeaderBytes = 100;
    private const int ApplicationIdOffset = 68; // sqlite.org/fileformat2.html

    private const string Schema = """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY, -- 'host': which kind of host keeps its actors here
            value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE records ( -- grain storage
            id INTEGER PRIMARY KEY,
            grain TEXT NOT NULL, name TEXT NOT NULL,
            etag INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            UNIQUE (grain, name)) STRICT;

        CREATE TABLE clusters ( -- the version of each cluster's membership
            id TEXT PRIMARY KEY,
            version INTEGER NOT NULL, etag INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE silos (
            cluster TEXT NOT NULL, address TEXT NOT NULL,
            status INTEGER NOT NULL, proxy_port INTEGER NOT NULL,
            host TEXT NOT NULL, name TEXT NOT NULL,
            started INTEGER NOT NULL, alive INTEGER NOT NULL, -- ticks of UTC
            suspicions TEXT NOT NULL, -- address=ticks, separated by |
            PRIMARY KEY (cluster, address)) STRICT, WITHOUT ROWID;
        """;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Opens the folder's file, and creates both when they are missing.</summary>
    /// <exception cref="StorageException">It cannot be used; the message names the remedy.</exception>
    public static Database Open(string folder)
    {
        var path = StoreFile.PathIn(folder);
        Database? database = null;
        try
        {
            if (File.Exists(folder))
            {
                throw new StorageException("storage-not-a-folder", $"{folder} is a file. Name a folder.");
            }

            Directory.CreateDirectory(folder);
            CheckHeader(path);
            database = Database.Open(path, create: true);
            if (database.IsReadOnly)
            {
                throw StoreFile.ReadOnly(path, null);
            }

            database.Execute("PRAGMA page_size=4096; PRAGMA cell_size_check=ON; PRAGMA cache_size=-16384; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864");
            Prepare(database, path);
            return database.Text("PRAGMA journal_mode=WAL") == "wal"
                ? database
                : throw new StorageException("storage-unavailable", $"The file system of {folder} cannot hold a write-ahead log. Use a local disk.");
        }
        catch (Exception e)
        {
            database?.Dispose();
            if (OpeningErrors.Translate(e, folder) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    /// <summary>A further connection to a file that was opened before.</summary>
    public static Database OpenAgain(string folder)
    {
        var database = Database.Open(StoreFile.PathIn(folder), create: false);
        database.Execute("PRAGMA cell_size_check=ON; PRAGMA cache_size=-4096; PRAGMA query_only=ON");
        return database;
    }

    /// <summary>Looks at the first bytes without SQLite, which would already begin to write.</summary>
    private static void CheckHeader(string path)
    {
        if (!File.Exists(path) || File.Exists(path + "-journal"))
        {
            return; // Nothing yet, or another silo is creating it, or its first start was cut short and SQLite undoes it.
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        if (read > 0 && (read < HeaderBytes || !header.StartsWith(Magic)))
        {
            throw new StorageException("storage-not-a-database", $"{path} is not a SQLite database, or its first bytes are lost. Restore it from a backup, or use another folder.");
        }

        if (read > 0 && BinaryPrimitives.ReadUInt32BigEndian(header[ApplicationIdOffset..]) != StoreSchema.ApplicationId)
        {
            throw new StorageException("storage-foreign", $"{path} is a database of another program. Move it away, or use another folder.");
        }
    }

    /// <summary>Creates the tables, or checks that they are a silo's. Several silos may do so at once.</summary>
    private static void Prepare(Database database, string path)
    {
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            if (database.Number("SELECT count(*) FROM sqlite_schema") == 0)
            {
                database.Execute($"{Schema} INSERT INTO meta VALUES ('host', '{Host}'); PRAGMA application_id={StoreSchema.ApplicationId}; PRAGMA user_version={Version}");
            }
            else
            {
                Check(database, path);
            }

            database.Execute("COMMIT");
        }
        catch
        {
            database.Rollback();
            throw;
        }
    }

    private static void Check(Database database, string path)
    {
        if (database.Number("PRAGMA application_id") != StoreSchema.ApplicationId)
        {
            throw new StorageException("storage-foreign", $"{path} is a database of another program. Move it away, or use another folder.");
        }

        if (database.Text("SELECT value FROM meta WHERE key='host'") is var owner && owner != Host)
        {
            throw new StorageException("storage-other-host", $"{path} is kept by a {owner ?? "host that it does not name"}, not by a {Host}; they cannot read each other's data. Use a folder of its own for each.");
        }

        if (database.Number("PRAGMA user_version") is var version && version > Version)
        {
            throw new StorageException("storage-newer", $"{path} has version {version}; this program reads up to version {Version}. Start the later version again, or restore a backup made before the update.");
        }
    }
}
