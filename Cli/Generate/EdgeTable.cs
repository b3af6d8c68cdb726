namespace Bandstand.Cli.Generate;

/// <summary>One row as text, before it is put on a line.</summary>
internal sealed record EdgeRow(string Banner, string Product, string Time, string Target);

/// <summary>The rows of one file of the scenario <c>edge</c>, and the text they make.</summary>
internal sealed record EdgeTable
{
    public const string Header = "banner,product,time,target";

    private readonly List<EdgeRow> texts;

    public EdgeTable(IReadOnlyList<ScenarioRow> rows, string set, int strategy, int timestep)
    {
        (Rows, Set, Strategy, Timestep) = (rows, set, strategy, timestep);
        texts = [.. rows.Select(ToText)];
        RowCount = rows.Count;
        Text = Layout(Header, Plain).Text;
    }

    public IReadOnlyList<ScenarioRow> Rows { get; }

    public string Set { get; }

    public int Strategy { get; }

    public int Timestep { get; }

    /// <summary>The file; null where there is none.</summary>
    public string? Text { get; private init; }

    public int RowCount { get; private init; }

    public EdgeTable Replace(IReadOnlyList<ScenarioRow> rows) => new(rows, Set, Strategy, Timestep);

    public EdgeTable Keep(Func<ScenarioRow, bool> wanted) => Replace([.. Rows.Where(wanted)]);

    public EdgeTable Change(Func<ScenarioRow, ScenarioRow> change) => Replace([.. Rows.Select(change)]);

    public EdgeTable WithText(string? text, int rows) => this with { Text = text, RowCount = rows };

    public EdgeTable Edit(Func<int, EdgeRow, EdgeRow> edit) =>
        WithText(Join(Header, texts.Select((row, i) => Plain(edit(i, row))), "\n"), RowCount);

    public EdgeTable Layout(string header, Func<EdgeRow, string> layout, string lineEnd = "\n") =>
        WithText(Join(header, texts.Select(layout), lineEnd), RowCount);

    private static string Join(string header, IEnumerable<string> rows, string lineEnd) => string.Join(lineEnd, [header, .. rows]) + lineEnd;

    private static string Plain(EdgeRow row) => $"{row.Banner},{row.Product},{row.Time},{row.Target}";

    private EdgeRow ToText(ScenarioRow row) => new(
        row.Banner == 0 ? "0" : "1",
        ScenarioRow.Products[row.Product],
        ScenarioFile.Time(Scenario.Edge, Timestep, row.Offset),
        row.Target == 0 ? "0.0" : "1.0");
}
