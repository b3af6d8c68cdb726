using System.Text;

namespace Bandstand.Timesteps.Csv;

/// <summary>The columns of a CSV of observations, by the names in its first record. Immutable.</summary>
public sealed class CsvHeader
{
    /// <summary>The column that names the alternative.</summary>
    public const string BannerName = "banner";

    /// <summary>The column that holds the number.</summary>
    public const string TargetName = "target";

    private readonly string[] names;

    private CsvHeader(string[] names)
    {
        this.names = names;
        Banner = Array.IndexOf(names, BannerName);
        Target = Array.IndexOf(names, TargetName);
    }

    /// <summary>All columns from left to right, without quotes and white space around them.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Index of the column <c>banner</c>.</summary>
    public int Banner { get; }

    /// <summary>Index of the column <c>target</c>.</summary>
    public int Target { get; }

    /// <summary>Reads the first record of a text; a byte order mark of UTF-8 is passed over.</summary>
    /// <param name="text">A text, of which at least the first record is complete.</param>
    /// <param name="length">How many bytes the header takes, its line end included.</param>
    /// <param name="nextLine">The line after it.</param>
    /// <returns>The columns.</returns>
    /// <exception cref="ObservationCsvException">A needed column is missing or there twice, or the text is not UTF-8.</exception>
    public static CsvHeader Parse(ReadOnlySpan<byte> text, out int length, out long nextLine)
    {
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new ObservationCsvException(ObservationCsvException.NotUtf8, 1, "the text is UTF-16: save it as UTF-8");
        }

        var mark = text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var row = new CsvRow(text[mark..], 1);
        var columns = new List<string>();
        if (row.MoveNext() && row.Line == 1)
        {
            for (var i = 0; i < row.Count; i++)
            {
                columns.Add(Encoding.UTF8.GetString(row.Field(i)).Trim());
            }
        }

        var header = new CsvHeader([.. columns]);
        header.Require(BannerName);
        header.Require(TargetName);
        (length, nextLine) = (mark + row.Position, row.NextLine);
        return header;
    }

    /// <summary>Index of a column, −1 where it is missing.</summary>
    /// <param name="name">Its name, case and all.</param>
    public int IndexOf(string name) => Array.IndexOf(names, name);

    private void Require(string name)
    {
        var times = names.Count(x => x == name);
        if (times == 1)
        {
            return;
        }

        var found = Names.Count == 0 ? "the first line is blank" : $"the header is '{Shorten(string.Join(",", Names))}'";
        if (times > 1)
        {
            throw new ObservationCsvException(
                ObservationCsvException.DuplicateColumn, 1, $"column '{name}' is there {times} times; {found}: keep one of them");
        }

        var similar = Names.FirstOrDefault(x => x.Equals(name, StringComparison.OrdinalIgnoreCase));
        var hint = similar is not null
            ? $"rename '{similar}' to '{name}'"
            : Names.Count == 1 && Names[0].AsSpan().ContainsAny(';', '\t')
                ? "separate the columns by commas"
                : $"the first line must name the columns, among them '{BannerName}' and '{TargetName}'";
        throw new ObservationCsvException(ObservationCsvException.MissingColumn, 1, $"column '{name}' is missing; {found}: {hint}");
    }

    private static string Shorten(string text) => text.Length <= 120 ? text : string.Concat(text.AsSpan(0, 120), "…");
}
