using System.Text.Json;
using Bandstand.Ports;

namespace Bandstand.Events;

/// <summary>Goes through the events of a body, which are lines or the elements of a JSON array, one after another.</summary>
internal ref struct EventBody
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 18 };

    private readonly bool isArray;
    private readonly ReadOnlySpan<byte> array;
    private Utf8JsonReader reader;
    private ReadOnlySpan<byte> rest;
    private long next;

    /// <summary>Begins before the first event.</summary>
    /// <param name="batch">A body that is not refused.</param>
    public EventBody(EventBatch batch)
    {
        var body = batch.Body.Span;
        next = batch.FirstLine;
        isArray = batch.Format != EventFormat.Lines;
        if (isArray)
        {
            array = body;
            reader = new Utf8JsonReader(body, Options);
            reader.Read();
        }
        else
        {
            rest = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        }
    }

    /// <summary>The present event's text.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The number of its line, or of its element.</summary>
    public long Line { get; private set; }

    /// <summary>Why nothing of a body can be read; null when its events can. A whole array must be JSON before any of it is applied.</summary>
    public static Refusal? Refuse(EventBatch batch)
    {
        if (batch.Format == EventFormat.Lines)
        {
            return null;
        }

        try
        {
            var check = new Utf8JsonReader(batch.Body.Span, Options);
            if (!check.Read() || check.TokenType != JsonTokenType.StartArray)
            {
                return new Refusal(RefusalKind.Malformed, "malformed", "The body must be a JSON array of events, or one JSON object a line as application/x-ndjson.");
            }

            while (check.Read())
            {
            }

            return null;
        }
        catch (JsonException error)
        {
            return new Refusal(RefusalKind.Malformed, "malformed", $"The body is not JSON: {error.Message}");
        }
    }

    /// <summary>Goes on to the next event; false when there is none. Empty lines are passed over.</summary>
    public bool Next() => isArray ? NextElement() : NextLine();

    private bool NextLine()
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var text = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!text.IsEmpty && text[^1] == '\r')
            {
                text = text[..^1];
            }

            Line = next++;
            if (!text.IsEmpty)
            {
                Text = text;
                return true;
            }
        }

        return false;
    }

    private bool NextElement()
    {
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        Text = array[from..(int)reader.BytesConsumed];
        Line = next++;
        return true;
    }
}
