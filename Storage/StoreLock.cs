using System.Globalization;
using System.Text;

namespace Bandstand.Storage;

/// <summary>Keeps every other process out of a folder for as long as it is held. The system lets go of it with the process.</summary>
internal static class StoreLock
{
    private const string FileName = "bandstand.lock";

    // What the systems call "somebody else has it": EAGAIN of Linux and macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Takes the lock and writes down who has it.</summary>
    /// <exception cref="StorageException">Another process has it, as <c>storage-in-use</c>.</exception>
    public static FileStream Acquire(string folder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException held) when (HeldCodes.Contains(held.HResult))
        {
            throw new StorageException(
                "storage-in-use",
                $"The folder {folder} is in use by process {Holder(path)}. Stop that process, or give this one a folder of its own.",
                held);
        }

        try
        {
            stream.SetLength(0);
            stream.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static string Holder(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd() is { Length: > 0 } id ? id : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
