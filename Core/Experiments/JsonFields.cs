using System.Globalization;
using System.Text.Json;

namespace Bandstand.Experiments;

/// <summary>
/// Reads the fields of one JSON object by name and reports what is wrong: wrong types, repeated fields and, on
/// <see cref="Close"/>, fields nobody asked for. A field that is null counts as not given.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly DefinitionErrors errors;

    private JsonFields(JsonElement element, string path, DefinitionErrors errors)
    {
        Path = path;
        this.errors = errors;
        foreach (var field in element.EnumerateObject())
        {
            if (!fields.TryAdd(field.Name, field.Value))
            {
                errors.Malformed(PathOf(field.Name), ExperimentCodes.DuplicateField, "The field is given twice. Give it once.");
            }
        }
    }

    public string Path { get; }

    public IEnumerable<KeyValuePair<string, JsonElement>> All => fields;

    public static JsonFields? Open(JsonElement element, string path, DefinitionErrors errors, string? example = null)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return new JsonFields(element, path, errors);
        }

        errors.WrongType(path, example is null ? "an object" : $"an object, such as {example}", element);
        return null;
    }

    /// <summary>The JSON path of a field of the object at a path.</summary>
    public static string PathOf(string path, string name) => path + Step(name);

    public string PathOf(string name) => PathOf(Path, name);

    /// <summary>The field, null included; default when it is missing.</summary>
    public JsonElement Raw(string name)
    {
        known.Add(name);
        return fields.GetValueOrDefault(name);
    }

    public bool Has(string name) => Raw(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public JsonFields? Object(string name, string? example = null) => Has(name) ? Open(fields[name], PathOf(name), errors, example) : null;

    public IReadOnlyList<JsonElement>? Array(string name) => Typed(name, JsonValueKind.Array, "an array") is { } array ? [.. array.EnumerateArray()] : null;

    public string? Word(string name) => Typed(name, JsonValueKind.String, "a string")?.GetString();

    public bool? Flag(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = fields[name];
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        errors.WrongType(PathOf(name), "true or false", value);
        return null;
    }

    /// <summary>A text of 1 to <paramref name="longest"/> characters without control characters (line ends apart, if allowed).</summary>
    public string? Text(string name, int longest, bool lines = false)
    {
        var text = Word(name);
        if (text is null)
        {
            return null;
        }

        return TextRules.Problem(text, longest, lines) is { } problem ? Refuse(name, ExperimentCodes.InvalidText, problem) : text;
    }

    /// <summary>One of the words.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words) => OneOf(name, _ => null, words);

    /// <summary>One of some words; of another one, what may have been meant by it.</summary>
    public string? OneOf(string name, Func<string, string?> hint, params ReadOnlySpan<string> words)
    {
        var word = Word(name);
        return word is null || words.Contains(word)
            ? word
            : Refuse(name, ExperimentCodes.UnknownWord, $"'{TextRules.Shorten(word)}' is not known here. {hint(word) ?? $"Use one of: {string.Join(", ", words!)}."}");
    }

    public double? Number(string name, Func<double, bool> allowed, string range)
    {
        if (Typed(name, JsonValueKind.Number, "a number") is not { } element)
        {
            return null;
        }

        if (element.TryGetDouble(out var number) && double.IsFinite(number) && allowed(number))
        {
            return number + 0.0; // −0 becomes 0.
        }

        Refuse(name, ExperimentCodes.OutOfRange, $"{TextRules.Shorten(element.GetRawText())} is outside the range. Use a number {range}.");
        return null;
    }

    public long? Whole(string name, long least, long greatest)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"from {least} to {greatest} without a fraction");
        return (long?)Number(name, n => n >= least && n <= greatest && Math.Floor(n) == n, range);
    }

    public TimeSpan? Duration(string name, TimeSpan shortest)
    {
        var text = Word(name);
        if (text is null)
        {
            return null;
        }

        if (!IsoDuration.TryParse(text, out var duration))
        {
            Refuse(name, ExperimentCodes.InvalidDuration, $"'{TextRules.Shorten(text)}' is no duration that is allowed here. Use ISO 8601 with weeks, days, hours, minutes and seconds, such as P30D or PT15M, at most 3660 days; years and months have no fixed length.");
            return null;
        }

        if (duration < shortest)
        {
            Refuse(name, ExperimentCodes.OutOfRange, $"{text} is too short. Use at least {IsoDuration.Format(shortest)}.");
            return null;
        }

        return duration;
    }

    /// <summary>A field of a feature that comes later: given means refused; <paramref name="harmless"/> says which values ask for nothing.</summary>
    public void Later(string name, string feature, Func<JsonElement, bool>? harmless = null)
    {
        if (Has(name) && !(harmless?.Invoke(fields[name]) ?? false))
        {
            errors.NotYet(PathOf(name), feature);
        }
    }

    public void Missing(string name, string remedy) => errors.Invalid(PathOf(name), ExperimentCodes.MissingField, $"The field is missing. {remedy}");

    /// <summary>Reports every field that nobody asked for.</summary>
    public void Close()
    {
        foreach (var name in fields.Keys.Except(known))
        {
            errors.Malformed(PathOf(name), ExperimentCodes.UnknownField, $"There is no field '{TextRules.Shorten(name)}' here. Remove it, or use one of: {string.Join(", ", known.Distinct())}.");
        }
    }

    private static string Step(string name)
        => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? "." + name : $"['{TextRules.Shorten(name).Replace("'", "\\'", StringComparison.Ordinal)}']";

    private JsonElement? Typed(string name, JsonValueKind kind, string expected)
    {
        if (!Has(name))
        {
            return null;
        }

        if (fields[name].ValueKind == kind)
        {
            return fields[name];
        }

        errors.WrongType(PathOf(name), expected, fields[name]);
        return null;
    }

    private string? Refuse(string name, string code, string detail)
    {
        errors.Invalid(PathOf(name), code, detail);
        return null;
    }
}
