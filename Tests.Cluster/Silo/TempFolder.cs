namespace Bandstand.Tests.Cluster.Silo;

/// <summary>A folder of its own, deleted in the end.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bandstand-silo-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
