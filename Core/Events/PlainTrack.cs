using System.Buffers;
using System.Buffers.Text;

namespace Bandstand.Events;

/// <summary>
/// Reads by hand the track that most lines are: ASCII text without escapes, simple numbers, nothing unusual. Whatever it does
/// not read, <see cref="EventLineParser"/> reads the slow way; where it reads, both agree.
/// </summary>
internal static class PlainTrack
{
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Where(b => b < 0x20 || b >= 0x7f || b == '"' || b == '\\').Select(b => (byte)b)]);

    /// <summary>The plain case of a track; false means "read it the slow way", not "wrong".</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out ParsedEvent parsed)
    {
        parsed = ParsedEvent.Empty;
        var seen = 0;
        var position = 0;
        if (line.Length < 2 || line.Length > EventLineParser.MaxLineBytes || line[0] != '{')
        {
            return false;
        }

        position = 1;
        while (true)
        {
            if (!TryReadPlainString(line, ref position, out var name) || !Skip(line, ref position, (byte)':'))
            {
                return false;
            }

            var field = EventFields.Of(name);
            if (field == EventField.Unknown || (seen & (1 << (int)field)) != 0)
            {
                return false;
            }

            seen |= 1 << (int)field;
            SkipSpace(line, ref position);
            if (position >= line.Length)
            {
                return false;
            }

            if (line[position] == '"')
            {
                if (!TryReadPlainString(line, ref position, out var text) || !TrySetText(ref parsed, field, text))
                {
                    return false;
                }
            }
            else if (field != EventField.Value
                || !TryReadPlainNumber(line, ref position, out parsed.Value))
            {
                return false;
            }
            else
            {
                parsed.HasValue = true;
            }

            SkipSpace(line, ref position);
            if (position >= line.Length)
            {
                return false;
            }

            var next = line[position++];
            if (next == '}')
            {
                break;
            }

            if (next != ',')
            {
                return false;
            }

            SkipSpace(line, ref position);
        }

        SkipSpace(line, ref position);
        const int TracksOnly = (1 << (int)EventField.Metric) | (1 << (int)EventField.Identity);
        const int Foreign = (1 << (int)EventField.Experiment) | (1 << (int)EventField.Alternative);
        return position == line.Length && (seen & TracksOnly) == TracksOnly && (seen & Foreign) == 0
            && parsed.Metric.Length is > 0 and <= EventRules.MaxNameBytes
            && parsed.Identity.Length is > 0 and <= EventRules.MaxIdentityBytes
            && parsed.Id.Length <= EventRules.MaxNameBytes && ((seen & (1 << (int)EventField.Id)) == 0 || parsed.Id.Length > 0)
            && parsed.Type == EventType.Track;
    }

    private static bool TrySetText(ref ParsedEvent parsed, EventField field, ReadOnlySpan<byte> text)
    {
        switch (field)
        {
            case EventField.Metric:
                parsed.Metric = text;
                return true;
            case EventField.Identity:
                parsed.Identity = text;
                return true;
            case EventField.Id:
                parsed.Id = text;
                return true;
            case EventField.At:
                return EventTime.TryParse(text, out parsed.At);
            case EventField.Type:
                return text.SequenceEqual("track"u8);
            default:
                return false;
        }
    }

    private static bool TryReadPlainString(ReadOnlySpan<byte> line, scoped ref int position, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (position >= line.Length || line[position] != '"')
        {
            return false;
        }

        var rest = line[(position + 1)..];
        var end = rest.IndexOfAny(NotPlain);
        if (end < 0 || rest[end] != '"')
        {
            return false;
        }

        text = rest[..end];
        position += end + 2;
        return true;
    }

    private static bool TryReadPlainNumber(ReadOnlySpan<byte> line, scoped ref int position, out double value)
    {
        value = 0;
        var start = position;
        long whole = 0;
        while (position < line.Length && char.IsAsciiDigit((char)line[position]) && position - start < 15)
        {
            whole = (whole * 10) + (line[position] - '0');
            position++;
        }

        var digits = position - start;
        if (digits == 0 || (digits > 1 && line[start] == '0') || position >= line.Length)
        {
            return false;
        }

        if (line[position] is (byte)',' or (byte)'}' or (byte)' ')
        {
            value = whole;
            return true;
        }

        if (line[position] != '.')
        {
            return false;
        }

        // A decimal: the library's correctly rounded parser decides.
        position++;
        var fraction = position;
        while (position < line.Length && char.IsAsciiDigit((char)line[position]))
        {
            position++;
        }

        return position > fraction && position < line.Length && line[position] is (byte)',' or (byte)'}' or (byte)' '
            && Utf8Parser.TryParse(line[start..position], out value, out var used) && used == position - start;
    }

    private static bool Skip(ReadOnlySpan<byte> line, scoped ref int position, byte expected)
    {
        SkipSpace(line, ref position);
        if (position >= line.Length || line[position] != expected)
        {
            return false;
        }

        position++;
        return true;
    }

    private static void SkipSpace(ReadOnlySpan<byte> line, scoped ref int position)
    {
        while (position < line.Length && line[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            position++;
        }
    }
}
