namespace Bandstand.Tests.Storage;

/// <summary>A folder of one test's own.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bandstand-").FullName;

    public string Database => System.IO.Path.Combine(Path, "bandstand.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
