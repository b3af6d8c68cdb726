using Bandstand.Cli.Charts;

namespace Bandstand.Benchmarks.Pictures;

/// <summary>The pictures of docs/statistics.md, drawn from the functions that scores and plans use. Seeded: the same text every time.</summary>
internal static class DocumentPictures
{
    /// <summary>By file name: what draws it.</summary>
    public static IReadOnlyDictionary<string, Func<Chart>> All { get; } = new SortedDictionary<string, Func<Chart>>(StringComparer.Ordinal)
    {
        ["peeking.svg"] = PeekingPictures.Peeking,
        ["maturing.svg"] = PeekingPictures.Maturing,
        ["width.svg"] = PlanningPictures.Width,
        ["delay.svg"] = PlanningPictures.Delay,
        ["value-remaining.svg"] = PlanningPictures.ValueRemaining,
    };

    /// <summary>Writes them all.</summary>
    /// <param name="args">The folder; <c>docs/pictures</c> when not given.</param>
    public static int Run(string[] args)
    {
        var folder = args.Length > 0 ? args[0] : Path.Combine("docs", "pictures");
        Directory.CreateDirectory(folder);
        foreach (var (name, draw) in All)
        {
            File.WriteAllText(Path.Combine(folder, name), SvgChart.Draw(draw()));
            Console.WriteLine(Path.Combine(folder, name));
        }

        return 0;
    }
}
