using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Api;

/// <summary>
/// Walks the fields of one JSON object and says what is wrong with it by path: unknown and duplicate fields, wrong types, text
/// that is no Unicode. Call <see cref="Next"/> until it is false, read each field by its index, then look at <see cref="Fault"/>.
/// </summary>
internal ref struct JsonFields
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 64 };

    private readonly ReadOnlySpan<string> names;
    private readonly ReadOnlySpan<byte> text;
    private Utf8JsonReader reader;
    private ulong seen;
    private bool begun;

    /// <param name="text">The body.</param>
    /// <param name="names">The fields there are; at most 64.</param>
    public JsonFields(ReadOnlySpan<byte> text, ReadOnlySpan<string> names)
    {
        this.text = text;
        this.names = names;
        reader = new Utf8JsonReader(text, Strict);
        Index = -1;
    }

    /// <summary>What is wrong, or null so far.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>Which of the names the field is that <see cref="Next"/> stopped at.</summary>
    public int Index { get; private set; }

    /// <summary>True when the field was there.</summary>
    public readonly bool Has(int index) => (seen & (1UL << index)) != 0;

    /// <summary>Moves to the next field's value; false at the end and at the first fault.</summary>
    public bool Next()
    {
        if (Fault is not null)
        {
            return false;
        }

        try
        {
            return Move();
        }
        catch (JsonException error)
        {
            Fault = Malformed(error);
        }
        catch (InvalidOperationException)
        {
            Fault = NoText(RefusalKind.Malformed, ExperimentCodes.InvalidUnicode, "$");
        }

        return false;
    }

    /// <summary>Reads text.</summary>
    /// <param name="nullable">True: null is taken too.</param>
    /// <param name="isIdentity">True: what is no Unicode is refused as an identity is.</param>
    public string? Text(bool nullable = false, bool isIdentity = false)
    {
        if (nullable && reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return reader.TokenType == JsonTokenType.String ? TextHere(Path, isIdentity) : WrongType<string>(nullable ? "a string or null" : "a string");
    }

    /// <summary>Reads true or false.</summary>
    public bool Flag() => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => WrongType<bool>("true or false"),
    };

    /// <summary>Reads an array of identities.</summary>
    /// <param name="limit">The most that are read.</param>
    public List<string> Identities(int limit)
    {
        var texts = new List<string>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return WrongType<List<string>>("an array of strings") ?? texts;
        }

        try
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && Fault is null)
            {
                var path = $"{Path}[{texts.Count}]";
                if (texts.Count == limit)
                {
                    Fault = Refuse(RefusalKind.TooLarge, "too-many-identities", Path, $"At most {limit} at once. Send several requests.");
                }
                else if (reader.TokenType != JsonTokenType.String)
                {
                    Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.WrongType, path, "This must be a string.");
                }
                else if (TextHere(path, isIdentity: true) is { } item)
                {
                    texts.Add(item);
                }
            }
        }
        catch (JsonException error)
        {
            Fault = Malformed(error);
        }

        return texts;
    }

    /// <summary>Reads an object from names to numbers.</summary>
    public Dictionary<string, double> Numbers()
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType<Dictionary<string, double>>("an object of numbers") ?? numbers;
        }

        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && Fault is null)
            {
                if (TextHere(Path, isIdentity: false) is not { } name)
                {
                    break;
                }

                var path = $"{Path}.{name}";
                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var number) || !double.IsFinite(number))
                {
                    Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.WrongType, path, "This must be a number.");
                }
                else if (!numbers.TryAdd(name, number))
                {
                    Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.DuplicateField, path, "This is given twice. Give it once.");
                }
            }
        }
        catch (JsonException error)
        {
            Fault = Malformed(error);
        }

        return numbers;
    }

    /// <summary>Reads a JSON object as it is, its names unique at every depth; null for null.</summary>
    public JsonElement? Object()
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType<JsonElement?>("an object");
        }

        var start = (int)reader.TokenStartIndex;
        try
        {
            for (var depth = reader.CurrentDepth; reader.Read() && reader.CurrentDepth > depth;)
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                    && (reader.ValueIsEscaped || !Utf8.IsValid(reader.ValueSpan))
                    && TextHere(Path, isIdentity: false) is null)
                {
                    return null;
                }
            }

            return JsonElement.Parse(
                text[start..(int)reader.BytesConsumed],
                new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
        }
        catch (JsonException error) when (error.Message.StartsWith("Duplicate", StringComparison.Ordinal))
        {
            Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.DuplicateField, Path, "It has a field twice. Give each once.");
        }
        catch (JsonException error)
        {
            Fault = Malformed(error);
        }

        return null;
    }

    /// <summary>A refusal about one field.</summary>
    public static Refusal Refuse(RefusalKind kind, string code, string path, string detail) =>
        new(kind, code, $"{path}: {detail}") { Errors = [new FieldError(path, code, detail)] };

    /// <summary>A refusal about a field that is not there.</summary>
    public static Refusal Missing(string path, string remedy) =>
        Refuse(RefusalKind.Invalid, ExperimentCodes.MissingField, path, $"The field is missing. {remedy}");

    private readonly string Path => $"$.{names[Index]}";

    private bool Move()
    {
        if (!begun)
        {
            begun = true;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.WrongType, "$", "The body must be one JSON object.");
                return false;
            }
        }

        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            // Anything after the object is an error that the reader throws.
            reader.Read();
            return false;
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (reader.ValueTextEquals(names[i]))
            {
                Index = i;
                if (Has(i))
                {
                    Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.DuplicateField, Path, "This is given twice. Give it once.");
                    return false;
                }

                seen |= 1UL << i;
                reader.Read();
                return true;
            }
        }

        var name = Utf8.IsValid(reader.ValueSpan) ? Encoding.UTF8.GetString(reader.ValueSpan) : "?";
        Fault = Refuse(
            RefusalKind.Malformed,
            ExperimentCodes.UnknownField,
            $"$.{(name.Length <= 80 ? name : name[..80] + "…")}",
            $"There is no such field here. Remove it or correct its name: {string.Join(", ", names)}.");
        return false;
    }

    private string? TextHere(string path, bool isIdentity)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            Fault = isIdentity
                ? NoText(RefusalKind.Invalid, Identity.Invalid, path)
                : NoText(RefusalKind.Malformed, ExperimentCodes.InvalidUnicode, path);
            return null;
        }
    }

    private static Refusal NoText(RefusalKind kind, string code, string path) =>
        Refuse(kind, code, path, "This is not Unicode text (a lone surrogate or broken UTF-8). Send well-formed text.");

    private T? WrongType<T>(string expected)
    {
        Fault = Refuse(RefusalKind.Malformed, ExperimentCodes.WrongType, Path, $"This must be {expected}.");
        return default;
    }

    private static Refusal Malformed(JsonException error) => new(
        RefusalKind.Malformed,
        ExperimentCodes.MalformedJson,
        $"The body is not JSON: line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1} cannot be read. Send one JSON object in UTF-8.");
}
