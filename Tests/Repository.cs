namespace Bandstand.Tests;

/// <summary>Where the sources of this run are.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Orleans.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository: no Orleans.sln above the test assembly.");
    }
}
