using System.Text.Json;

namespace Bandstand.Tests.Statistics;

/// <summary>Reads the figures in Tests/Golden/stats and compares numbers with them.</summary>
internal static class GoldenFigures
{
    /// <summary>The rows of one file.</summary>
    public static IReadOnlyList<JsonElement> Cases(string name)
        => CasesOf(Path.Combine(AppContext.BaseDirectory, "Golden", "stats", name + ".json"));

    /// <summary>The rows of a file that need not be there.</summary>
    public static IReadOnlyList<JsonElement> SharedCases(string relativePath)
    {
        var path = SharedGolden.Find(relativePath);
        Assert.SkipWhen(path is null, $"Golden figures {relativePath} not found: set BANDSTAND_GOLDEN to the folder that has them.");
        return CasesOf(path!);
    }

    /// <summary>A number of a row.</summary>
    public static double Number(this JsonElement row, string name) => row.GetProperty(name).GetDouble();

    /// <summary>An interval of a row.</summary>
    public static Bandstand.Statistics.Interval Interval(this JsonElement row, string name)
        => new(row.GetProperty(name)[0].GetDouble(), row.GetProperty(name)[1].GetDouble());

    /// <summary>Fails unless both agree relative to the expected one; 0 must be hit to 1e-300.</summary>
    public static void Agree(double expected, double actual, double tolerance, JsonElement row, string what = "")
        => Assert.True(
            Math.Abs(actual - expected) <= (tolerance * Math.Abs(expected)) + 1e-300,
            $"{what} expected {expected:R}, was {actual:R}, off by {Math.Abs((actual - expected) / expected):e1} in {row.GetRawText()}");

    /// <summary>Fails unless both ends agree relative to the larger one.</summary>
    public static void Agree(Bandstand.Statistics.Interval expected, Bandstand.Statistics.Interval actual, double tolerance, JsonElement row, string what)
    {
        var scale = Math.Max(Math.Abs(expected.Lower), Math.Abs(expected.Upper));
        Assert.True(
            Math.Abs(actual.Lower - expected.Lower) <= tolerance * scale && Math.Abs(actual.Upper - expected.Upper) <= tolerance * scale,
            $"{what} expected {expected}, was {actual} in {row.GetRawText()}");
    }

    private static List<JsonElement> CasesOf(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(row => row.Clone())];
    }
}
