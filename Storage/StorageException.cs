namespace Bandstand.Storage;

/// <summary>
/// A store cannot be opened. Thrown before anything that is stored was changed, so that the same folder opens once the
/// remedy in the message was followed.
/// </summary>
/// <remarks>
/// Codes: <c>storage-newer</c> (written by a later version), <c>storage-foreign</c> (another program's database),
/// <c>storage-not-a-database</c> (no SQLite file at all, or its first bytes are lost), <c>storage-damaged</c> (a SQLite file
/// whose header or schema cannot be read), <c>storage-other-host</c> (kept by a silo and opened by a server, or the
/// reverse), <c>storage-read-only</c>, <c>storage-not-a-folder</c>, <c>storage-in-use</c> (another process has it open),
/// <c>storage-full</c>, <c>storage-unreadable</c> (entries or snapshots of another version), <c>storage-unavailable</c> (any
/// other I/O error).
/// </remarks>
#pragma warning disable CA1032 // It always carries its code.
public sealed class StorageException : Exception
#pragma warning restore CA1032
{
    /// <summary>Creates it with a stable code and what to do about it.</summary>
    /// <param name="code">One of the codes above.</param>
    /// <param name="message">What is wrong and the remedy.</param>
    /// <param name="inner">What the system said, if anything.</param>
    public StorageException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A stable code.</summary>
    public string Code { get; }
}
