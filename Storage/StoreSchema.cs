using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage;

/// <summary>The tables of a store and their version.</summary>
internal static class StoreSchema
{
    /// <summary>What marks a SQLite file as Bandstand's: "Bnds".</summary>
    public const int ApplicationId = 0x426E6473;

    /// <summary>The step at index n brings a file from version n to n + 1. A step is never changed once released.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY, -- 'host': which kind of host keeps its actors here
            value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE actors (
            id INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL,
            head INTEGER NOT NULL, -- the number of its last row of entries, so that a missing end is noticed
            snapshot INTEGER NOT NULL, -- the id of its snapshot, or 0
            checksum INTEGER NOT NULL) STRICT;

        CREATE TABLE entries (
            id INTEGER PRIMARY KEY, -- actor << 39 | number of the row
            checksum INTEGER NOT NULL,
            bytes BLOB NOT NULL) STRICT; -- entries, each after its length

        CREATE TABLE snapshots (
            actor INTEGER PRIMARY KEY,
            id INTEGER NOT NULL,
            parts INTEGER NOT NULL, -- how many
            cut INTEGER NOT NULL, -- the number of the first row of entries that is not in it
            checksum INTEGER NOT NULL) STRICT;

        CREATE TABLE parts (
            id INTEGER PRIMARY KEY, -- snapshot << 20 | number of the part
            checksum INTEGER NOT NULL,
            bytes BLOB NOT NULL) STRICT;

        CREATE TABLE sweeps ( -- rows that belong to nobody and are still to be deleted
            id INTEGER PRIMARY KEY,
            place INTEGER NOT NULL, -- 1 entries, 2 parts
            first INTEGER NOT NULL, last INTEGER NOT NULL,
            checksum INTEGER NOT NULL) STRICT;
        """,
    ];

    /// <summary>The version this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings a file to <see cref="Version"/>, all steps or none. Version 0 is an empty file.</summary>
    public static void Upgrade(Database database, long from, string host)
    {
        if (from == Version)
        {
            return;
        }

        database.Execute("BEGIN IMMEDIATE");
        try
        {
            for (var version = (int)from; version < Version; version++)
            {
                database.Execute(Steps[version]);
            }

            if (from == 0)
            {
                using var meta = database.Prepare("INSERT INTO meta (key, value) VALUES ('host', ?1)");
                meta.Bind(1, host).Run();
            }

            database.Execute($"PRAGMA application_id={ApplicationId}; PRAGMA user_version={Version}; COMMIT");
        }
        catch
        {
            database.Rollback();
            throw;
        }
    }
}
