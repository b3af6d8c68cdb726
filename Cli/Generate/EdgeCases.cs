using System.Globalization;
using Bandstand.Simulation;

namespace Bandstand.Cli.Generate;

/// <summary>One timestep of the scenario <c>edge</c> and what is wrong with it.</summary>
/// <param name="Timestep">Where it stands.</param>
/// <param name="Name">What is wrong.</param>
/// <param name="Craft">Does it.</param>
internal sealed record EdgeCase(int Timestep, string Name, Func<EdgeTable, EdgeTable> Craft);

/// <summary>What live data do to a replay, one case per timestep.</summary>
internal static class EdgeCases
{
    /// <summary>The least number of rows per timestep that all cases have room for.</summary>
    public const int LeastRows = 18;

    public static readonly IReadOnlyList<EdgeCase> All =
    [
        new(5, "one_banner_0", x => x.Keep(row => row.Banner == 0)),
        new(10, "single_row_banner_1", SingleRowOfBanner1),
        new(15, "header_only", x => x.Replace([])),
        new(16, "zero_bytes", x => x.WithText("", 0)),
        new(20, "equal_means", EqualMeans),
        new(25, "all_targets_zero", x => x.Change(row => row with { Target = 0 })),
        new(30, "zero_variance_unequal_means", x => x.Change(row => row with { Target = row.Banner })),
        new(35, "three_banners", x => x.Edit((i, row) => i % 7 == 0 ? row with { Banner = "2", Product = "accessories" } : row)),
        new(40, "bad_banner_rows", x => x.Edit((i, row) => i switch
        {
            3 => row with { Banner = "" },
            11 => row with { Banner = "x" },
            17 => row with { Banner = "1.5" },
            _ => row,
        })),
        new(45, "null_targets", x => x.Edit((i, row) => i % 9 == 0 ? row with { Target = "" } : row)),
        new(50, "every_row_twice", x => x.Replace([.. x.Rows.SelectMany(row => new[] { row, row })])),
        new(55, "one_row_each", x => x.Replace([new(0, 0, 10, 1), new(1, 1, 20, 0)])),
        new(60, "one_banner_1", x => x.Keep(row => row.Banner == 1)),
        new(65, "single_row_only", x => x.Replace([new(0, 0, 10, 1)])),
        new(70, "banner_1_all_targets_null", x => x.Edit((_, row) => row.Banner == "1" ? row with { Target = "" } : row)),
        new(75, "missing_file", x => x.WithText(null, 0)),
        new(80, "columns_permuted", x => x.Layout("target,banner,time,product", row => $"{row.Target},{row.Banner},{row.Time},{row.Product}")),
        new(85, "crlf_and_quotes", x => x.Layout(
            EdgeTable.Header, row => $"{row.Banner},\"{row.Product}, \"\"new\"\"\",{row.Time},{row.Target}", "\r\n")),
        new(90, "late_rows", x => x.Edit((i, row) =>
            i % 5 == 0 ? row with { Time = ScenarioFile.Time(Scenario.Edge, x.Timestep - 3, 100 + i) } : row)),
        new(95, "no_final_newline", x => x.WithText(x.Text![..^1], x.RowCount)),
        new(100, "non_binary_targets", NonBinaryTargets),
    ];

    public static EdgeCase? Find(int timestep) => All.FirstOrDefault(x => x.Timestep == timestep);

    private static EdgeTable SingleRowOfBanner1(EdgeTable table) => table.Replace(
    [
        .. table.Rows.Where(row => row.Banner == 0).Concat(table.Rows.Where(row => row.Banner == 1).Take(1)).OrderBy(row => row.Offset),
    ]);

    // 4 of 40 and 1 of 10: the means are equal though the samples are not.
    private static EdgeTable EqualMeans(EdgeTable table) => table.Replace(
    [
        .. Enumerable.Range(0, 40).Select(i => new ScenarioRow(0, 0, 60 * i, i % 10 == 3 ? 1 : 0))
            .Concat(Enumerable.Range(0, 10).Select(i => new ScenarioRow(1, 1, (60 * i) + 30, i == 7 ? 1 : 0)))
            .OrderBy(row => row.Offset),
    ]);

    private static EdgeTable NonBinaryTargets(EdgeTable table)
    {
        var stream = new NamedDraws($"{table.Set}/val/{table.Strategy}/{table.Timestep}");
        return table.Edit((_, row) =>
        {
            var value = (Math.Round(stream.Next() * 20_000, MidpointRounding.ToEven) / 100) + (row.Banner == "1" ? 3 : 0);
            return row with { Target = value.ToString("F2", CultureInfo.InvariantCulture) };
        });
    }
}
