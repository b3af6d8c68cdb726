using Bandstand.Ports;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>What the port says about what went wrong below it.</summary>
internal static class Failures
{
    /// <summary>Free space below which a failing disk is called full: a flush that fails does not say why.</summary>
    private const long FullBelow = 1 << 20;

    /// <summary>A failed task that nobody has to await.</summary>
    public static Task Refusal(JournalUnavailableException failure)
    {
        var refusal = Task.FromException(failure);
        _ = refusal.Exception;
        return refusal;
    }

    public static JournalUnavailableException Closed() =>
        new("storage-closed", "The store is closed; open it again to go on.");

    public static JournalUnavailableException Fenced(ActorKey actor) =>
        new("fenced", $"The journal of {actor} was dropped; nobody may append to it any more.");

    public static JournalUnavailableException Writing(Exception cause, string folder) =>
        IsFull(cause, folder)
            ? new("storage-full", $"There is no room left to write in {folder}. Nothing acknowledged is lost; make room, then send the same again.", cause)
            : new("storage-unavailable", $"The store in {folder} cannot be written now ({cause.Message}). Nothing acknowledged is lost; see to the disk, then send the same again.", cause);

    public static JournalUnavailableException Reading(Exception cause, string folder) =>
        new("storage-unavailable", $"{StoreFile.PathIn(folder)} cannot be read now ({cause.Message}). See to the disk and to who may read the file.", cause);

    public static JournalDamagedException Damaged(ActorKey actor, string what, Exception? cause = null) =>
        new(actor, $"The journal of {actor} is damaged: {what}. Its experiment cannot serve; all others can. Restore a backup, or delete and create the experiment again.", cause);

    /// <summary>True when a write failed for lack of room.</summary>
    public static bool IsFull(Exception cause, string folder) =>
        cause is SqliteFailure { IsFull: true } || (cause is SqliteFailure { IsInputOutput: true } && HasNoRoom(folder));

    private static bool HasNoRoom(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace < FullBelow;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
