using System.Text;

namespace Bandstand.Timesteps.Csv;

/// <summary>Walks over the records of a CSV and their fields, quotes and all. Exact rather than fast; blank lines are passed over.</summary>
/// <param name="bytes">Whole records; the last may lack its line end.</param>
/// <param name="firstLine">The line of the first.</param>
public ref struct CsvRow(ReadOnlySpan<byte> bytes, long firstLine)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private (int Start, int End)[] fields = new (int, int)[16];
    private int position;
    private long nextLine = firstLine;

    /// <summary>The line on which the record begins.</summary>
    public long Line { get; private set; } = firstLine;

    /// <summary>The line after the record.</summary>
    public readonly long NextLine => nextLine;

    /// <summary>How many bytes were walked over.</summary>
    public readonly int Position => position;

    /// <summary>Whether the record ends inside quotes.</summary>
    public bool IsUnclosed { get; private set; }

    /// <summary>How many fields the record has, at least 1.</summary>
    public int Count { get; private set; }

    /// <summary>A field as it is written, quotes included.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    public readonly ReadOnlySpan<byte> Raw(int index) => bytes[fields[index].Start..fields[index].End];

    /// <summary>The text of a field, without quotes.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    public readonly ReadOnlySpan<byte> Field(int index)
    {
        var raw = Raw(index);
        if (raw.IsEmpty || raw[0] != '"')
        {
            return raw;
        }

        var length = CsvRecords.QuotedLength(raw);
        var inner = raw[1..(length < 0 ? raw.Length : length - 1)];
        var after = length < 0 ? [] : raw[length..];
        return inner.Contains((byte)'"') || !after.IsEmpty
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(inner).Replace("\"\"", "\"", StringComparison.Ordinal) + Encoding.UTF8.GetString(after))
            : inner;
    }

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        while (position < bytes.Length)
        {
            Line = nextLine;
            Count = 0;
            while (ReadField())
            {
            }

            var isBlank = Count == 1 && fields[0].Start == fields[0].End;
            if (!isBlank)
            {
                return true;
            }
        }

        return false;
    }

    // Reads one field and the character that ends it; true when a comma did, so that another one follows.
    private bool ReadField()
    {
        var start = position;
        var rest = bytes[start..];
        var quoted = !rest.IsEmpty && rest[0] == '"' ? CsvRecords.QuotedLength(rest) : 0;
        IsUnclosed |= quoted < 0;
        quoted = quoted < 0 ? rest.Length : quoted;
        nextLine += quoted > 0 ? rest[..quoted].Count((byte)'\n') : 0;

        var length = rest[quoted..].IndexOfAny((byte)',', (byte)'\n');
        var end = length < 0 ? bytes.Length : start + quoted + length;
        var more = end < bytes.Length && bytes[end] == ',';
        nextLine += more ? 0 : 1;
        position = Math.Min(end + 1, bytes.Length);

        var isCrlf = !more && end > start && bytes[end - 1] == '\r';
        if (Count == fields.Length)
        {
            Array.Resize(ref fields, fields.Length * 2);
        }

        fields[Count++] = (start, isCrlf ? end - 1 : end);
        return more;
    }
}
