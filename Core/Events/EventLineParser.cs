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
        if (PlainTrack.TryParse(line, out parsed))
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

    private bool TryParseFully(ReadOnlySpan<byte> line, out ParsedEvent parsed, out EventFault fault)
    {
        parsed = ParsedEvent.Empty;
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
            var field = reader.ValueIsEscaped || reader.ValueSpan.Length > 16 ? EventField.Unknown : EventFields.Of(reader.ValueSpan);
            if (field == EventField.Unknown)
            {
                fault = new("unknown-field", $"\"{Shorten(Encoding.UTF8.GetString(reader.ValueSpan))}\" is not a field of an event. Remove it or correct its name.");
                return false;
            }

            if ((seen & (1 << (int)field)) != 0)
            {
                fault = new("duplicate-field", $"\"{field.Name()}\" is given twice. Give it once.");
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

    private bool TryReadField(ref Utf8JsonReader reader, EventField field, ref ParsedEvent parsed, out EventFault fault)
    {
        fault = default;
        switch (field)
        {
            case EventField.Labels:
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    fault = WrongType(field, "an object of strings");
                    return false;
                }

                reader.Skip();
                return true;
            case EventField.Value:
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
            case EventField.Epoch:
            case EventField.Timestep:
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var number) || number < 0)
                {
                    fault = WrongType(field, "a whole number, 0 or more");
                    return false;
                }

                if (field == EventField.Epoch)
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

    private bool TryReadText(ref Utf8JsonReader reader, EventField field, ref ParsedEvent parsed, out EventFault fault)
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
            fault = new("invalid-text", $"\"{field.Name()}\" is not valid Unicode (a lone surrogate or broken UTF-8). Send well-formed text.");
            return false;
        }

        ReadOnlySpan<byte> text = scratch.AsSpan(scratchUsed, length);
        scratchUsed += length;
        switch (field)
        {
            case EventField.Type:
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
            case EventField.At:
                if (!EventTime.TryParse(text, out parsed.At))
                {
                    fault = new("invalid-time", "\"at\" is not an ISO 8601 time with a zone, such as 2026-01-31T10:00:00Z.");
                    return false;
                }

                return true;
            case EventField.Metric:
                parsed.Metric = text;
                break;
            case EventField.Identity:
                parsed.Identity = text;
                break;
            case EventField.Id:
                parsed.Id = text;
                break;
            case EventField.Experiment:
                parsed.Experiment = text;
                break;
            default:
                parsed.Alternative = text;
                break;
        }

        if (text.IsEmpty)
        {
            fault = new("empty-field", $"\"{field.Name()}\" is empty. Give it or leave it out.");
            return false;
        }

        return true;
    }

    private static EventFault WrongType(EventField field, string expected) =>
        new("wrong-type", $"\"{field.Name()}\" must be {expected}.");

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
