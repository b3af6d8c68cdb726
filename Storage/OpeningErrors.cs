using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage;

/// <summary>Says what the system or SQLite said while a store was opened in words that name the remedy.</summary>
internal static class OpeningErrors
{
    // What the systems call a full disk or quota, and a file system that is mounted for reading only.
    private static readonly int[] FullCodes = [28, 122, unchecked((int)0x80070070)];
    private static readonly int[] ReadOnlyCodes = [30, unchecked((int)0x80070013)];

    /// <summary>The error to throw instead, or null when there is nothing to say.</summary>
    public static StorageException? Translate(Exception cause, string folder) => cause switch
    {
        StorageException => null,
        SqliteFailure { IsReadOnly: true } or UnauthorizedAccessException => StoreFile.ReadOnly(folder, cause),
        IOException io when ReadOnlyCodes.Contains(io.HResult) => StoreFile.ReadOnly(folder, cause),
        IOException io when FullCodes.Contains(io.HResult) => Full(folder, cause),
        SqliteFailure when Journal.Failures.IsFull(cause, folder) => Full(folder, cause),
        SqliteFailure { IsDamage: true } => new StorageException(
            "storage-damaged",
            $"{StoreFile.PathIn(folder)} is damaged where everything else is looked up. Restore it from a backup, or use another folder.",
            cause),
        SqliteFailure or IOException => new StorageException(
            "storage-unavailable", $"The store in {folder} cannot be opened ({cause.Message}). See to the disk, then try again.", cause),
        _ => null,
    };

    private static StorageException Full(string folder, Exception cause) =>
        new("storage-full", $"There is no room left to open the store in {folder}. Make room, then start again.", cause);
}
