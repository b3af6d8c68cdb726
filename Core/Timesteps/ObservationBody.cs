using System.Text;
using System.Text.Json;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Timesteps.Csv;

namespace Bandstand.Timesteps;

/// <summary>A body of observations once read.</summary>
/// <param name="Observations">What is to be folded.</param>
/// <param name="Rejected">The first rows that do not count, with their lines.</param>
public sealed record ObservationBody(TimestepObservations Observations, IReadOnlyList<RejectedEvent> Rejected)
{
    /// <summary>What whoever sent it is told.</summary>
    /// <param name="isDuplicate">True when its producer's sequence had counted before.</param>
    public EventReceipt Receipt(bool isDuplicate) => isDuplicate
        ? NoneCounted with { Duplicates = Good }
        : NoneCounted with { Accepted = Good };

    /// <summary>What whoever sent it is told where nothing is collected.</summary>
    public EventReceipt Ignored() => NoneCounted with { Ignored = Good };

    private long Good => Observations.Rows - Observations.Rejected;

    private EventReceipt NoneCounted => new() { RejectedCount = Observations.Rejected, Rejected = Rejected };

    /// <summary>
    /// Reads a body: CSV by its header (<c>banner</c>, <c>target</c>, other columns ignored), or one JSON object a line with
    /// <c>banner</c> (or <c>alternative</c>) and <c>target</c> (or <c>value</c>).
    /// </summary>
    /// <param name="batch">The body.</param>
    /// <param name="fold">An empty fold of the experiment's alternatives, from <c>ExperimentTimesteps.NewFold</c>; it takes the rows.</param>
    /// <returns>What to fold, or a refusal when the body as a whole cannot be read.</returns>
    public static Answer<ObservationBody> Read(ObservationBatch batch, ObservationFold fold)
    {
        ArgumentNullException.ThrowIfNull(fold);
        if (batch.Format == ObservationFormat.Lines)
        {
            return ReadLines(batch.Body.Span, fold);
        }

        try
        {
            var reader = new ObservationCsvReader(fold);
            reader.Append(batch.Body.Span);
            reader.Complete();
        }
        catch (ObservationCsvException error)
        {
            return new Refusal(RefusalKind.Malformed, error.Code, $"Line {error.Line}: {error.Detail}");
        }

        return Of(fold, [], 0);
    }

    private static ObservationBody Of(ObservationFold fold, List<RejectedEvent> unread, long unreadCount)
    {
        var read = fold.ToObservations();
        var rejected = unread.Concat(fold.Rejected.Select(row => new RejectedEvent(row.Line, row.Code, row.Detail))).OrderBy(row => row.Line).Take(RejectedRow.MaximumDescribed);
        return new ObservationBody(read with { Rows = read.Rows + unreadCount, Rejected = read.Rejected + unreadCount }, [.. rejected]);
    }

    private static ObservationBody ReadLines(ReadOnlySpan<byte> body, ObservationFold fold)
    {
        var unread = new List<RejectedEvent>();
        long unreadCount = 0;
        for (long line = 1; !body.IsEmpty; line++)
        {
            var end = body.IndexOf((byte)'\n');
            var text = (end < 0 ? body : body[..end]).Trim(" \t\r"u8);
            body = end < 0 ? [] : body[(end + 1)..];
            if (!text.IsEmpty && ReadRow(text, fold, line) is { } why && unreadCount++ < RejectedRow.MaximumDescribed)
            {
                unread.Add(new RejectedEvent(line, why.Code, why.Detail));
            }
        }

        return Of(fold, unread, unreadCount);
    }

    /// <summary>Why a line is no row, or null when it was given to the fold.</summary>
    private static (string Code, string Detail)? ReadRow(ReadOnlySpan<byte> text, ObservationFold fold, long line)
    {
        string? banner = null;
        double? target = null;
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 8 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return ("malformed", "A row is one JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "banner" or "alternative" when reader.TokenType is JsonTokenType.String or JsonTokenType.Number:
                        banner = reader.TokenType == JsonTokenType.String ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan);
                        break;
                    case "target" or "value" when reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number):
                        target = number;
                        break;
                    case "target" or "value" when reader.TokenType == JsonTokenType.Null:
                        break;
                    case "banner" or "alternative" or "target" or "value":
                        return ("wrong-type", $"\"{name}\" has the wrong type: a banner is a string or a number, a target a number or null.");
                    case "product" or "time" or "at" or "labels":
                        reader.Skip();
                        break;
                    default:
                        return ("unknown-field", "A row has banner and target, and may have product, time, at and labels. Remove the other fields.");
                }
            }

            while (reader.Read())
            {
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return ("malformed", "The line is not a JSON object in valid Unicode.");
        }

        if (string.IsNullOrEmpty(banner))
        {
            return ("missing-field", "\"banner\" is missing: the key of the alternative.");
        }

        fold.Add(banner, target, line);
        return null;
    }
}
