using System.Globalization;

namespace Bandstand.Cli.Replay;

/// <summary>The files of a replay, <c>DIR/strategy_{k}/timestep_{t}.csv</c>.</summary>
/// <param name="folder">DIR.</param>
internal sealed class TimestepFiles(string folder)
{
    public const int Strategies = 2;
    private const string Prefix = "timestep_";
    private const string Suffix = ".csv";

    /// <summary>DIR.</summary>
    public string Folder { get; } = folder;

    /// <summary>The path of a file below DIR, for messages.</summary>
    public static string Name(int strategy, int timestep) => $"strategy_{strategy}/{Prefix}{timestep}{Suffix}";

    /// <summary>The path of a file.</summary>
    public string Path(int strategy, int timestep) => System.IO.Path.Combine(Folder, $"strategy_{strategy}", $"{Prefix}{timestep}{Suffix}");

    /// <summary>Whether any strategy has a file for a timestep.</summary>
    public bool Exists(int timestep) => Enumerable.Range(0, Strategies).Any(strategy => File.Exists(Path(strategy, timestep)));

    /// <summary>The highest timestep for which any strategy has a file, or −1.</summary>
    public int Last()
    {
        var last = -1;
        for (var strategy = 0; strategy < Strategies; strategy++)
        {
            var folder = StrategyFolder(strategy);
            if (Directory.Exists(folder))
            {
                last = Math.Max(last, Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}").Select(Number).DefaultIfEmpty(-1).Max());
            }
        }

        return last;
    }

    /// <summary>Refuses a folder that cannot be meant.</summary>
    /// <param name="mayBeEmpty">Whether files are still to come.</param>
    /// <exception cref="CommandException">It cannot.</exception>
    public void Check(bool mayBeEmpty)
    {
        const string Layout = "expected DIR/strategy_0/timestep_0.csv, DIR/strategy_1/timestep_0.csv and so on";
        if (!Directory.Exists(Folder))
        {
            var kind = File.Exists(Folder) ? "is a file" : "does not exist";
            throw new CommandException($"--data {Folder} {kind}; {Layout}.");
        }

        if (mayBeEmpty)
        {
            return;
        }

        for (var strategy = 0; strategy < Strategies; strategy++)
        {
            if (!Directory.Exists(StrategyFolder(strategy)))
            {
                var inside = Directory.EnumerateFiles(Folder, $"{Prefix}*{Suffix}").Any() ? "; is the folder above it meant?" : $"; {Layout}.";
                throw new CommandException($"--data {Folder} has no folder strategy_{strategy}{inside}");
            }
        }

        if (Last() < 0)
        {
            throw new CommandException($"--data {Folder} has no files {Name(0, 0)}; {Layout}.");
        }
    }

    private static int Number(string path)
    {
        var name = System.IO.Path.GetFileName(path.AsSpan());
        var digits = name[Prefix.Length..^Suffix.Length];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    private string StrategyFolder(int strategy) => System.IO.Path.Combine(Folder, $"strategy_{strategy}");
}
