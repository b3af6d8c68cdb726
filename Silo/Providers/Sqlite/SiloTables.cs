using Bandstand.Storage.Sqlite;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>One record of grain storage.</summary>
internal readonly record struct SqliteRecord(byte[] Bytes, long ETag);

/// <summary>The statements over one connection's tables. Used by one thread at a time.</summary>
internal sealed partial class SiloTables(Database database) : IDisposable
{
    private readonly Dictionary<string, Statement> statements = [];

    /// <summary>A record of a grain, or null.</summary>
    public SqliteRecord? ReadRecord(string grain, string name)
    {
        var select = Prepared("SELECT bytes, etag FROM records WHERE grain=?1 AND name=?2").Bind(1, grain).Bind(2, name);
        try
        {
            return select.Step() ? new SqliteRecord(select.Blob(0).ToArray(), select.Long(1)) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Writes a record if it has the expected ETag, or if there is none and none is expected.</summary>
    /// <returns>False when it has another one.</returns>
    public bool WriteRecord(string grain, string name, long? expected, long etag, ReadOnlySpan<byte> bytes)
    {
        var write = expected is { } present
            ? Prepared("UPDATE records SET bytes=?3, etag=?4 WHERE grain=?1 AND name=?2 AND etag=?5").Bind(5, present)
            : Prepared("INSERT INTO records (grain, name, bytes, etag) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        write.Bind(1, grain).Bind(2, name).Bind(3, bytes).Bind(4, etag).Run();
        return Changes() == 1;
    }

    /// <summary>Deletes a record if it has the expected ETag.</summary>
    /// <returns>False when it has another one.</returns>
    public bool DeleteRecord(string grain, string name, long expected)
    {
        Prepared("DELETE FROM records WHERE grain=?1 AND name=?2 AND etag=?3").Bind(1, grain).Bind(2, name).Bind(3, expected).Run();
        return Changes() == 1;
    }

    public void Dispose() => database.Dispose();

    private long Changes()
    {
        var changes = Prepared("SELECT changes()");
        changes.Step();
        var count = changes.Long(0);
        changes.Reset();
        return count;
    }

    private Statement Prepared(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements.Add(sql, statement = database.Prepare(sql));
        }

        return statement;
    }
}
