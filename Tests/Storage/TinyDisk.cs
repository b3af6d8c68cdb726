using System.Diagnostics;

namespace Bandstand.Tests.Storage;

/// <summary>A file system of a few megabytes, or one that may only be read. Mounting needs root; without it the test is skipped.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly TempFolder folder = new();

    private TinyDisk(string options)
    {
        if (!Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.Path))
        {
            folder.Dispose();
            Assert.Skip("A file system cannot be mounted here: that takes root on Linux.");
        }
    }

    public string Path => folder.Path;

    public static TinyDisk OfMegabytes(int megabytes) => new($"size={megabytes}m");

    /// <summary>From now on nothing can be written.</summary>
    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", folder.Path));

    /// <summary>Takes all the room that is left.</summary>
    public string Fill()
    {
        var ballast = System.IO.Path.Combine(Path, "ballast");
        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            return ballast;
        }
    }

    public void Dispose()
    {
        Run("umount", "--lazy", folder.Path); // Whatever is still open after a failure must not hide it.
        folder.Dispose();
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
