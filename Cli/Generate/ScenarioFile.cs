using System.Globalization;
using System.Text;

namespace Bandstand.Cli.Generate;

/// <summary>Writes one timestep of one strategy as a CSV.</summary>
internal static class ScenarioFile
{
    private const string Header = "banner,product,time,target";

    /// <summary>Writes the file, unless its scenario leaves it out on purpose.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="scenario">What to write.</param>
    /// <param name="set">The name that the draws depend on.</param>
    /// <param name="strategy">0 or 1.</param>
    /// <param name="timestep">0 or more.</param>
    /// <param name="rowCount">How many rows, or null for the scenario's own number.</param>
    /// <returns>How many rows were written.</returns>
    public static int Write(string path, Scenario scenario, string set, int strategy, int timestep, int? rowCount)
    {
        var rows = ScenarioRow.Draw(scenario, set, strategy, timestep, rowCount ?? scenario.Rows(set, timestep));
        if (scenario == Scenario.Edge && EdgeCases.Find(timestep) is { } edge)
        {
            var table = edge.Craft(new EdgeTable(rows, set, strategy, timestep));
            if (table.Text is { } text)
            {
                File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
            }

            return table.RowCount;
        }

        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 18);
        stream.Write(Encoding.UTF8.GetBytes(Header + "\n"));
        Span<byte> line = stackalloc byte[96];
        foreach (var row in rows)
        {
            stream.Write(line[..Format(row, scenario, timestep, line)]);
        }

        return rows.Length;
    }

    /// <summary>A moment as this scenario writes it.</summary>
    public static string Time(Scenario scenario, int timestep, int offset)
    {
        var time = Scenario.Start.AddSeconds(((long)timestep * Scenario.Period) + offset);
        return time.ToString(scenario == Scenario.Same ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.000'Z'", CultureInfo.InvariantCulture);
    }

    private static int Format(ScenarioRow row, Scenario scenario, int timestep, Span<byte> line)
    {
        var time = Scenario.Start.AddSeconds(((long)timestep * Scenario.Period) + row.Offset);
        var length = 0;
        Put(line, ref length, row.Banner == 0 ? "0,"u8 : "1,"u8);
        length += Encoding.UTF8.GetBytes(ScenarioRow.Products[row.Product], line[length..]);
        Put(line, ref length, ","u8);
        time.TryFormat(
            line[length..],
            out var written,
            scenario == Scenario.Same ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.000'Z'",
            CultureInfo.InvariantCulture);
        length += written;
        Put(line, ref length, row.Target == 0 ? ",0.0\n"u8 : ",1.0\n"u8);
        return length;
    }

    private static void Put(Span<byte> line, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[length..]);
        length += text.Length;
    }
}
