namespace Bandstand.Tests;

/// <summary>Golden files that are not part of the repository; tests over them are skipped where they are missing.</summary>
internal static class SharedGolden
{
    /// <summary>
    /// The full path of a file in the folder that BANDSTAND_GOLDEN names, else in <c>shared/golden</c> beside the repository; null
    /// when it is not there.
    /// </summary>
    public static string? Find(string relativePath)
    {
        if (Environment.GetEnvironmentVariable("BANDSTAND_GOLDEN") is { Length: > 0 } named)
        {
            return Existing(Path.Combine(named, relativePath));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
            {
                return Existing(Path.Combine(folder.FullName, "..", "shared", "golden", relativePath));
            }
        }

        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? Path.GetFullPath(path) : null;
}
