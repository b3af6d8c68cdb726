using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>Definitions as JSON: reading with every error named at once, and writing with every default filled in.</summary>
/// <remarks>Thread-safe. What is written (the warnings apart) reads back as an equal definition.</remarks>
public static class ExperimentDefinitionJson
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1_000_000, CommentHandling = JsonCommentHandling.Disallow };
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = DefinitionLimits.Depth };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = DefinitionLimits.Depth + 8 };

    /// <summary>Reads and checks a definition.</summary>
    /// <param name="id">The experiment's id, from the address.</param>
    /// <param name="utf8">The JSON text.</param>
    /// <returns>
    /// The definition with its warnings, or one refusal that lists every error by JSON path:
    /// <see cref="RefusalKind.Malformed"/> when something cannot be read (syntax, types, unknown or repeated fields),
    /// <see cref="RefusalKind.TooLarge"/> past <see cref="DefinitionLimits.Bytes"/>, else <see cref="RefusalKind.Invalid"/>. Its code is
    /// that of the errors when they all have the same.
    /// </returns>
    public static Answer<ExperimentDefinition> Parse(string id, ReadOnlyMemory<byte> utf8)
    {
        if (ExperimentId.Check(id) is { } refusal)
        {
            return refusal;
        }

        if (utf8.Length > DefinitionLimits.Bytes)
        {
            return new Refusal(RefusalKind.TooLarge, ExperimentCodes.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The definition has {utf8.Length} bytes; at most {DefinitionLimits.Bytes} are taken. Shorten values and descriptions."));
        }

        if (Unreadable(utf8.Span) is { } unreadable)
        {
            return unreadable;
        }

        using var document = JsonDocument.Parse(utf8, DocumentOptions);
        var errors = new DefinitionErrors();
        var definition = new ExperimentDefinitionReader(id, errors).Read(document.RootElement);
        return errors.Any || definition is null ? errors.ToRefusal() : definition;
    }

    /// <summary>Writes a definition as one JSON object of the contract's shape, without id and warnings.</summary>
    /// <param name="definition">What to write.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(ExperimentDefinition definition, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteFields(definition, writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields of <see cref="Write"/> into an object that is already open, so that others can stand beside them.</summary>
    /// <param name="definition">What to write.</param>
    /// <param name="writer">Where to.</param>
    public static void WriteFields(ExperimentDefinition definition, Utf8JsonWriter writer) => ExperimentDefinitionWriter.Write(definition, writer);

    /// <summary>The text by which two definitions are compared: equal texts mean the same definition.</summary>
    /// <param name="definition">What to write.</param>
    public static string Canonical(ExperimentDefinition definition)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Write(definition, writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Any JSON as minimal text: no white space, escapes only where needed, numbers as they were written.</summary>
    /// <param name="element">What to write.</param>
    internal static string Minimal(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            element.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Any text as a minimal JSON string.</summary>
    /// <param name="text">The text.</param>
    internal static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    /// <summary>Reads the text once for syntax, depth and valid Unicode, which <see cref="JsonDocument"/> checks late or not at all.</summary>
    private static Refusal? Unreadable(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= DefinitionLimits.Depth)
                {
                    return At(ExperimentCodes.TooDeep, $"The JSON is nested deeper than {DefinitionLimits.Depth} levels", reader.TokenStartIndex, "Flatten it.");
                }

                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsUnicode(ref reader))
                {
                    return At(ExperimentCodes.InvalidUnicode, "A text is not valid Unicode (broken UTF-8 or half of a surrogate pair)", reader.TokenStartIndex, "Send well-formed text.");
                }
            }

            return null;
        }
        catch (JsonException exception)
        {
            return new Refusal(RefusalKind.Malformed, ExperimentCodes.MalformedJson, string.Create(CultureInfo.InvariantCulture, $"The text is no valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}. Send one JSON object in UTF-8."));
        }
    }

    private static bool IsUnicode(ref Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Refusal At(string code, string problem, long index, string remedy)
        => new(RefusalKind.Malformed, code, string.Create(CultureInfo.InvariantCulture, $"{problem}, at byte {index + 1}. {remedy}"));
}
