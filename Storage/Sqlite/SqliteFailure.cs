using SQLitePCL;

namespace Bandstand.Storage.Sqlite;

/// <summary>SQLite answered with an error.</summary>
/// <param name="code">SQLite's extended result code.</param>
/// <param name="message">What SQLite said.</param>
#pragma warning disable CA1032, CA1064 // Always translated before it leaves this assembly.
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite error {code}: {message}")
#pragma warning restore CA1032, CA1064
{
    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; } = code;

    private int PrimaryCode => Code & 0xFF;

    /// <summary>The disk or the allowed size is exhausted.</summary>
    public bool IsFull => PrimaryCode == raw.SQLITE_FULL;

    /// <summary>What was read is not what SQLite wrote, or what is written is there already, which cannot be in a sound file.</summary>
    public bool IsDamage => PrimaryCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CONSTRAINT;

    /// <summary>The system refused to read, write or flush.</summary>
    public bool IsInputOutput => PrimaryCode == raw.SQLITE_IOERR;

    /// <summary>The file or its folder may not be written.</summary>
    public bool IsReadOnly => PrimaryCode is raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH;
}
