using System.Globalization;

namespace Bandstand.Storage;

/// <summary>
/// Keeps every other process out of a folder for as long as it is held. The system lets go of it with the process. Who has
/// it is written down in a file beside it, because a locked file cannot be read.
/// </summary>
internal static class StoreLock
{
    private const string LockName = "bandstand.lock";
    private const string HolderName = "bandstand.pid";

    // What the systems call "somebody else has it": EAGAIN of Linux and macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Takes the lock and writes down who has it.</summary>
    /// <exception cref="StorageException">Another process has it, as <c>storage-in-use</c>.</exception>
    public static FileStream Acquire(string folder)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException held) when (HeldCodes.Contains(held.HResult))
        {
            throw new StorageException(
                "storage-in-use",
                $"The folder {folder} is in use by process {Holder(folder)}. Stop that process, or give this one a folder of its own.",
                held);
        }

        try
        {
            File.WriteAllText(Path.Combine(folder, HolderName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static string Holder(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, HolderName)) is { Length: > 0 } id ? id : "unknown";
        }
        catch (IOException)
        {
            return "unknown"; // It is just being written.
        }
    }
}
