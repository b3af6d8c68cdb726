using System.Text;

namespace Bandstand.Tests.Readme;

/// <summary>The README cannot rot: its code is compiled and run, and it prints what the README says.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bandstand-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_quick_start_is_what_is_compiled_and_prints_what_it_says()
    {
        var console = new StringWriter();
        await QuickStart.Run(folder.FullName, console);

        Assert.Equal(Block("csharp"), Compiled());
        Assert.Equal(Block("text"), console.ToString().TrimEnd(), ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData("Server/Server.csproj")]
    [InlineData("eng/test")]
    [InlineData("docs/migrating-from-vanity.md")]
    [InlineData("docs/problems.md")]
    public void What_the_readme_names_is_there(string path)
    {
        Assert.True(File.Exists(Path.Combine(Repository.Root, path)));
        Assert.Contains(path.Replace("/Server.csproj", "", StringComparison.Ordinal), Readme, StringComparison.Ordinal);
    }

    private static string Readme { get; } = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    /// <summary>The first fenced block of a language.</summary>
    private static string Block(string language)
    {
        var from = Readme.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return Readme[from..Readme.IndexOf("\n```", from, StringComparison.Ordinal)];
    }

    /// <summary>What stands between the marks of the compiled file, as the README prints it.</summary>
    private static string Compiled()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Tests", "Readme", "QuickStart.cs"))
            .SkipWhile(line => !line.Contains("<readme>", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains("</readme>", StringComparison.Ordinal));
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line.Length > 8 ? line[8..] : "").Append('\n');
        }

        return text.ToString().TrimEnd()
            .Replace("OpenAsync(data)", "OpenAsync(\"data\")", StringComparison.Ordinal)
            .Replace("console.WriteLine", "Console.WriteLine", StringComparison.Ordinal);
    }
}
