namespace Bandstand.Timesteps.Csv;

/// <summary>Finds where records of a CSV end, so that a stream can be cut into chunks of whole records.</summary>
/// <remarks>
/// Rules of RFC 4180, as most programs read them: a quote at the start of a field opens a quoted field, in which a doubled quote stands for
/// one and line ends are text; after the closing quote, and inside a field that does not begin with a quote, quotes are text.
/// </remarks>
public static class CsvRecords
{
    /// <summary>
    /// How many of the bytes are whole records, each ended by a line feed outside quotes. What follows is the beginning of a record that
    /// needs more bytes, or the last one of a file without a final line end.
    /// </summary>
    /// <param name="bytes">Bytes that begin at the start of a record.</param>
    /// <returns>0 when not even the first record is complete.</returns>
    public static int CompleteLength(ReadOnlySpan<byte> bytes)
    {
        var complete = 0;
        var start = 0;
        while (true)
        {
            var quote = bytes[start..].IndexOf((byte)'"');
            var plain = quote < 0 ? bytes[start..] : bytes.Slice(start, quote);
            var lineEnd = plain.LastIndexOf((byte)'\n');
            complete = lineEnd < 0 ? complete : start + lineEnd + 1;
            if (quote < 0)
            {
                return complete;
            }

            quote += start;
            if (quote > 0 && bytes[quote - 1] is not ((byte)',' or (byte)'\n'))
            {
                start = quote + 1;
                continue;
            }

            var end = QuotedLength(bytes[quote..]);
            if (end < 0)
            {
                return complete;
            }

            start = quote + end;
        }
    }

    /// <summary>How long a quoted field is, both quotes included; −1 where it does not end within the bytes.</summary>
    /// <param name="bytes">Bytes that begin with the opening quote.</param>
    internal static int QuotedLength(ReadOnlySpan<byte> bytes)
    {
        var position = 1;
        while (true)
        {
            var quote = bytes[position..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return -1;
            }

            position += quote + 1;
            if (position == bytes.Length || bytes[position] != '"')
            {
                return position;
            }

            position++;
        }
    }
}
