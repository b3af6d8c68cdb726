using System.Buffers;
using System.Globalization;
using System.Text;
using Bandstand.Timesteps.Csv;

namespace Bandstand.Cli.Replay;

/// <summary>
/// Copies rows into the table of all rows: four columns by name, as they were written, and the timestep. Rows that do not count are copied too, so that
/// the table has as many rows as <c>stats.csv</c> says.
/// </summary>
internal sealed class RawRows(int timestep)
{
    private static readonly string[] Columns = ["banner", "product", "time", "target"];

    private readonly byte[] suffix = Encoding.UTF8.GetBytes($",{timestep.ToString(CultureInfo.InvariantCulture)}\n");

    /// <summary>Copies whole records, the last of which may lack its line end.</summary>
    public void Copy(ReadOnlySpan<byte> records, CsvHeader header, IBufferWriter<byte> target)
    {
        var isPlain = header.Names.SequenceEqual(Columns) && !records.Contains((byte)'"');
        while (isPlain && records.IndexOf((byte)'\n') is >= 0 and var length)
        {
            CopyLine(records[..length], header, target);
            records = records[(length + 1)..];
        }

        CopyFields(records, header, target);
    }

    private void CopyLine(ReadOnlySpan<byte> line, CsvHeader header, IBufferWriter<byte> target)
    {
        if (line.Count((byte)',') != Columns.Length - 1)
        {
            CopyFields(line, header, target);
            return;
        }

        line = line[^1] == '\r' ? line[..^1] : line;
        var room = target.GetSpan(line.Length + suffix.Length);
        line.CopyTo(room);
        suffix.CopyTo(room[line.Length..]);
        target.Advance(line.Length + suffix.Length);
    }

    private void CopyFields(ReadOnlySpan<byte> records, CsvHeader header, IBufferWriter<byte> target)
    {
        if (records.IsEmpty)
        {
            return;
        }

        Span<int> indexes = [.. Columns.Select(header.IndexOf)];
        var row = new CsvRow(records, 0);
        while (row.MoveNext())
        {
            for (var i = 0; i < indexes.Length; i++)
            {
                target.Write(i == 0 ? [] : ","u8);
                target.Write(indexes[i] >= 0 && indexes[i] < row.Count ? row.Raw(indexes[i]) : []);
            }

            target.Write(suffix);
        }
    }
}
