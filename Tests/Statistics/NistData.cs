using System.Globalization;

namespace Bandstand.Tests.Statistics;

/// <summary>Reads the data sets of the NIST Statistical Reference Datasets that stand in Tests/Golden/nist.</summary>
internal static class NistData
{
    /// <summary>The observations: every line after the dashed one.</summary>
    public static double[] Read(string name)
        => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "nist", name + ".dat"))
            .SkipWhile(line => !line.StartsWith("----", StringComparison.Ordinal))
            .Skip(1)
            .Where(line => !string.IsNullOrWhiteSpace(line))
            .Select(line => double.Parse(line.Trim(), CultureInfo.InvariantCulture))];
}
