using SQLitePCL;

namespace Bandstand.Storage.Sqlite;

/// <summary>One connection to a SQLite file. Used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    // SQLite's own numbers, which the binding does not name.
    private const int DbStatusCacheWrite = 9;
    private const int DbConfigNoCheckpointOnClose = 1006;

    private readonly sqlite3 handle;
    private readonly List<Statement> statements = [];

    private Database(sqlite3 handle) => this.handle = handle;

    static Database() => Batteries_V2.Init();

    /// <summary>True when the system only let the file be opened for reading.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(handle, "main") == 1;

    /// <summary>Opens a file, or creates it when it may.</summary>
    public static Database Open(string path, bool create)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle);
        if (code != raw.SQLITE_OK)
        {
            var failure = database.Failure(code);
            database.Dispose();
            throw failure;
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, 2_000);

        // Closing does not write: who opened the wrong file leaves it as it was.
        _ = raw.sqlite3_db_config(handle, DbConfigNoCheckpointOnClose, 1, out _);
        return database;
    }

    /// <summary>Runs statements whose rows are of no interest.</summary>
    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>Prepares a statement, which lives as long as the connection unless it is disposed.</summary>
    public Statement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }

        var prepared = new Statement(this, statement);
        statements.Add(prepared);
        return prepared;
    }

    /// <summary>The first column of the first row as a whole number, or null without a row.</summary>
    public long? Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Long(0) : null;
    }

    /// <summary>The first column of the first row as text, or null without a row.</summary>
    public string? Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Undoes the open transaction, if SQLite has not done so already.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(handle) == 0)
        {
            _ = raw.sqlite3_exec(handle, "ROLLBACK"); // If even this fails, the next BEGIN will say so.
        }
    }

    /// <summary>Pages this connection wrote since it was asked last.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(handle, DbStatusCacheWrite, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Moves what the write-ahead log holds into the database file, as far as no reader still needs it.</summary>
    /// <returns>True when all of it was moved.</returns>
    public bool Checkpoint() => Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);

    /// <summary>As <see cref="Checkpoint()"/>, but waits for readers and leaves an empty log.</summary>
    public bool CheckpointAndTruncate() => Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);

    /// <summary>
    /// Has the last connection move the log into the file when it is closed, and delete the log. If it cannot, the log
    /// stays and the next start reads it.
    /// </summary>
    public void MoveLogWhenClosed() => _ = raw.sqlite3_db_config(handle, DbConfigNoCheckpointOnClose, 0, out _);

    public void Dispose()
    {
        foreach (var statement in statements.ToArray())
        {
            statement.Dispose();
        }

        _ = raw.sqlite3_close_v2(handle);
    }

    /// <summary>A statement is gone.</summary>
    internal void Forget(Statement statement) => statements.Remove(statement);

    /// <summary>What SQLite says about the last error of this connection.</summary>
    internal SqliteFailure Failure(int code)
    {
        var extended = raw.sqlite3_extended_errcode(handle);
        return new SqliteFailure((extended & 0xFF) == (code & 0xFF) ? extended : code, raw.sqlite3_errmsg(handle).utf8_to_string());
    }

    private bool Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(handle, "main", mode, out var frames, out var moved);
        return code switch
        {
            raw.SQLITE_OK => moved == frames,
            raw.SQLITE_BUSY => false,
            _ => throw Failure(code),
        };
    }
}
