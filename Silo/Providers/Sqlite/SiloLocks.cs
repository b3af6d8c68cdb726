namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>One locked file for each living silo of this machine. The system lets go of it with the process.</summary>
internal sealed class SiloLocks(string folder) : IDisposable
{
    private readonly string locks = Path.Combine(folder, "silos");
    private FileStream? held;

    /// <summary>Shows that this silo lives, until it is disposed or its process ends.</summary>
    public void Hold(SiloAddress address)
    {
        Directory.CreateDirectory(locks);
        held ??= new FileStream(PathOf(address), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
    }

    /// <summary>True while the silo's process lives.</summary>
    public bool IsHeld(SiloAddress address)
    {
        var path = PathOf(address);
        try
        {
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0))
            {
            }

            File.Delete(path);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => held?.Dispose();

    private string PathOf(SiloAddress address) => Path.Combine(locks, $"{address.ToParsableString().Replace(':', '_')}.lock");
}
