using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Bandstand.Events;

/// <summary>
/// Reads one event from one JSON object. The plain case (no escapes, ASCII text, simple numbers) is read by hand; everything
/// else goes through <see cref="Utf8JsonReader"/>, which also finds the words for what is wrong.
/// </summary>
/// <remarks>Not thread-safe: it owns scratch space for unescaped text.</remarks>
internal sealed class EventLineParser
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int MaxLineBytes = 64 * 1024;

    private static readonly SearchValues<byte> NotPlain = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Where(b => b < 0x20 || b >= 0x7f || b == '"' || b == '\\').Select(b => (byte)b)]);

    private byte[] scratch = new byte[1024];
    private int scratchUsed;

    /// <summary>Reads one event.</summary>
    /// <param name="line">One JSON object, without its line break.</param>
    /// <param name="parsed">The event, when there is no fault.</param>
    /// <param name="fault">Why not.</param>
    /// <returns>True when <paramref name="parsed"/> is an event.</returns>
    public bool TryParse(ReadOnlySpan<byte> line, out ParsedEvent parsed, out EventFault fault)
    {
        fault = default;
        if (TryParsePlain(line, out parsed) && parsed.Type == EventType.Track)
        {
            return true;
        }

        if (line.Length > MaxLineBytes)
        {
            fault = new("line-too-long", $"The line has {line.Length} bytes; at most {MaxLineBytes} are read. Send a shorter event.");
            return false;
        }

        return TryParseFully(line, out parsed, out fault);
    }

    /// <summary>The plain case of a track; false means "read it the slow way", not "wrong".</summary>
    private static bool TryParsePlain(ReadOnlySpan<byte> line, out ParsedEvent parsed)
    {
        parsed = Empty();
        var seen = 0;
        var position = 0;
        if (line.Length < 2 || line.Length > MaxLineBytes || line[0] != '{')
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

            var field = FieldOf(name);
            if (field == Field.Unknown || (seen & (1 << (int)field)) != 0)
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
            else if (field != Field.Value
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
        const int TracksOnly = (1 << (int)Field.Metric) | (1 << (int)Field.Identity);
        const int Foreign = (1 << (int)Field.Experiment) | (1 << (int)Field.Alternative);
        return position == line.Length && (seen & TracksOnly) == TracksOnly && (seen & Foreign) == 0
            && parsed.Metric.Length is > 0 and <= EventRules.MaxNameBytes
            && parsed.Identity.Length is > 0 and <= EventRules.MaxIdentityBytes
            && parsed.Id.Length <= EventRules.MaxNameBytes && ((seen & (1 << (int)Field.Id)) == 0 || parsed.Id.Length > 0)
            && parsed.Type == EventType.Track;
    }

    private static bool TrySetText(ref ParsedEvent parsed, Field field, ReadOnlySpan<byte> text)
    {
        switch (field)
        {
            case Field.Metric:
                parsed.Metric = text;
                return true;
            case Field.Identity:
                parsed.Identity = text;
                return true;
            case Field.Id:
                parsed.Id = text;
                return true;
            case Field.At:
                return EventTime.TryParse(text, out parsed.At);
            case Field.Type:
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

    private static ParsedEvent Empty() => new() { Value = 1, At = long.MinValue, Epoch = -1, Timestep = -1 };

    private enum Field
    {
        Type, Metric, Identity, Value, At, Id, Experiment, Alternative, Epoch, Timestep, Labels, Unknown,
    }

    private static Field FieldOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("at"u8) => Field.At,
        2 when name.SequenceEqual("id"u8) => Field.Id,
        4 when name.SequenceEqual("type"u8) => Field.Type,
        5 when name.SequenceEqual("value"u8) => Field.Value,
        5 when name.SequenceEqual("epoch"u8) => Field.Epoch,
        6 when name.SequenceEqual("metric"u8) => Field.Metric,
        6 when name.SequenceEqual("labels"u8) => Field.Labels,
        8 when name.SequenceEqual("identity"u8) => Field.Identity,
        8 when name.SequenceEqual("timestep"u8) => Field.Timestep,
        10 when name.SequenceEqual("experiment"u8) => Field.Experiment,
        11 when name.SequenceEqual("alternative"u8) => Field.Alternative,
        _ => Field.Unknown,
    };

    private bool TryParseFully(ReadOnlySpan<byte> line, out ParsedEvent parsed, out EventFault fault)
    {
        parsed = Empty();
        scratchUsed = 0;
        if (scratch.Length < line.Length)
        {
            scratch = new byte[line.Length];
        }

        try
        {
            if (!TryReadObject(line, ref parsed, out fault))
            {
                return false;
            }
        }
        catch (JsonException error)
        {
            fault = new("malformed", $"Not a JSON object: {Shorten(error.Message)}");
            return false;
        }

        return EventRules.Check(ref parsed, out fault);
    }

    private bool TryReadObject(ReadOnlySpan<byte> line, ref ParsedEvent parsed, out EventFault fault)
    {
        fault = default;
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 16 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            fault = new("malformed", "An event is one JSON object.");
            return false;
        }

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueIsEscaped || reader.ValueSpan.Length > 16 ? Field.Unknown : FieldOf(reader.ValueSpan);
            if (field == Field.Unknown)
            {
                fault = new("unknown-field", $"\"{Shorten(Encoding.UTF8.GetString(reader.ValueSpan))}\" is not a field of an event. Remove it or correct its name.");
                return false;
            }

            if ((seen & (1 << (int)field)) != 0)
            {
                fault = new("duplicate-field", $"\"{NameOf(field)}\" is given twice. Give it once.");
                return false;
            }

            seen |= 1 << (int)field;
            reader.Read();
            if (!TryReadField(ref reader, field, ref parsed, out fault))
            {
                return false;
            }
        }

        // Anything after the object is an error that the reader reports.
        while (reader.Read())
        {
        }

        return true;
    }

    private bool TryReadField(ref Utf8JsonReader reader, Field field, ref ParsedEvent parsed, out EventFault fault)
    {
        fault = default;
        switch (field)
        {
            case Field.Labels:
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    fault = WrongType(field, "an object of strings");
                    return false;
                }

                reader.Skip();
                return true;
            case Field.Value:
                if (reader.TokenType == JsonTokenType.Null)
                {
                    return true;
                }

                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out parsed.Value))
                {
                    fault = WrongType(field, "a number");
                    return false;
                }

                parsed.HasValue = true;
                return true;
            case Field.Epoch:
            case Field.Timestep:
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var number) || number < 0)
                {
                    fault = WrongType(field, "a whole number, 0 or more");
                    return false;
                }

                if (field == Field.Epoch)
                {
                    parsed.Epoch = number;
                }
                else
                {
                    parsed.Timestep = number;
                }

                return true;
            default:
                return TryReadText(ref reader, field, ref parsed, out fault);
        }
    }

    private bool TryReadText(ref Utf8JsonReader reader, Field field, ref ParsedEvent parsed, out EventFault fault)
    {
        fault = default;
        if (reader.TokenType != JsonTokenType.String)
        {
            fault = WrongType(field, "a string");
            return false;
        }

        int length;
        try
        {
            length = reader.CopyString(scratch.AsSpan(scratchUsed));
        }
        catch (InvalidOperationException)
        {
            fault = new("invalid-text", $"\"{NameOf(field)}\" is not valid Unicode (a lone surrogate or broken UTF-8). Send well-formed text.");
            return false;
        }

        ReadOnlySpan<byte> text = scratch.AsSpan(scratchUsed, length);
        scratchUsed += length;
        switch (field)
        {
            case Field.Type:
                if (text.SequenceEqual("exposure"u8))
                {
                    parsed.Type = EventType.Exposure;
                }
                else if (text.SequenceEqual("observation"u8))
                {
                    parsed.Type = EventType.Observation;
                }
                else if (!text.SequenceEqual("track"u8))
                {
                    fault = new("unknown-type", "\"type\" is track (or left out), exposure or observation.");
                    return false;
                }

                return true;
            case Field.At:
                if (!EventTime.TryParse(text, out parsed.At))
                {
                    fault = new("invalid-time", "\"at\" is not an ISO 8601 time with a zone, such as 2026-01-31T10:00:00Z.");
                    return false;
                }

                return true;
            case Field.Metric:
                parsed.Metric = text;
                break;
            case Field.Identity:
                parsed.Identity = text;
                break;
            case Field.Id:
                parsed.Id = text;
                break;
            case Field.Experiment:
                parsed.Experiment = text;
                break;
            default:
                parsed.Alternative = text;
                break;
        }

        if (text.IsEmpty)
        {
            fault = new("empty-field", $"\"{NameOf(field)}\" is empty. Give it or leave it out.");
            return false;
        }

        return true;
    }

    private static EventFault WrongType(Field field, string expected) =>
        new("wrong-type", $"\"{NameOf(field)}\" must be {expected}.");

    private static string NameOf(Field field) => field.ToString().ToLowerInvariant();

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
