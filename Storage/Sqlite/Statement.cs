using SQLitePCL;

namespace Bandstand.Storage.Sqlite;

/// <summary>One prepared statement. Used by the thread that uses its <see cref="Database"/>.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    /// <summary>Gives parameter <paramref name="index"/> (from 1) a whole number.</summary>
    public Statement Bind(int index, long value) => Checked(raw.sqlite3_bind_int64(handle, index, value));

    /// <summary>Gives parameter <paramref name="index"/> a text.</summary>
    public Statement Bind(int index, string value) => Checked(raw.sqlite3_bind_text(handle, index, value));

    /// <summary>Gives parameter <paramref name="index"/> bytes, which SQLite copies.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> value) => Checked(
        value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));

    /// <summary>Goes to the next row: false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw database.Failure(code),
        };
    }

    /// <summary>Runs a statement that answers no rows, and makes it ready for the next time.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends reading; makes it ready for the next time.</summary>
    public void Reset() => _ = raw.sqlite3_reset(handle); // It repeats the error of the last step.

    /// <summary>A column (from 0) of the present row.</summary>
    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>A column of the present row.</summary>
    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>A column of the present row, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose()
    {
        database.Forget(this);
        _ = raw.sqlite3_finalize(handle);
    }

    private Statement Checked(int code) => code == raw.SQLITE_OK ? this : throw database.Failure(code);
}
