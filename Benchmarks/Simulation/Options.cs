using System.Globalization;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>What to run, and how to print it: tables in Markdown, as docs/statistics.md has them.</summary>
internal sealed class Options
{
    /// <summary>Reads <c>--runs N --participants N --seed N</c> and words that scenarios must contain.</summary>
    public Options(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            int Value() => int.Parse(args[++i], CultureInfo.InvariantCulture);
            switch (args[i])
            {
                case "--runs":
                    Runs = Value();
                    break;
                case "--participants":
                    Participants = Value();
                    break;
                case "--seed":
                    Seed = Value();
                    break;
                default:
                    Words.Add(args[i]);
                    break;
            }
        }
    }

    public int Runs { get; } = 3000;

    public int Participants { get; } = 100_000;

    public int Seed { get; } = 20261123;

    private List<string> Words { get; } = [];

    public bool Wants(string name) => Words.Count == 0 || Words.Exists(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    public static void Title(string first, params string[] columns)
    {
        Console.WriteLine();
        Console.WriteLine($"| {first} | {string.Join(" | ", columns)} |");
        Console.WriteLine($"|---|{string.Concat(columns.Select(_ => "---|"))}");
    }

    public static void Row(string first, params string[] columns) => Console.WriteLine($"| {first} | {string.Join(" | ", columns)} |");

    public static string Percent(int count, int runs) => Number(100.0 * count / runs, "0.00 '%'");

    /// <summary>A level and two Monte-Carlo errors.</summary>
    public static string Limit(double level, int runs) => Number(100 * (level + (2 * Math.Sqrt(level * (1 - level) / runs))), "0.00 '%'");

    public static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
