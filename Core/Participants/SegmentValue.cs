using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bandstand.Participants;

/// <summary>The value of an attribute as segments know it: a text. Thread-safe.</summary>
public static class SegmentValue
{
    /// <summary>Those who had no value when they were assigned.</summary>
    public const string None = "(none)";

    /// <summary>Those whose value is none of the <see cref="Most"/> most frequent.</summary>
    public const string Other = "other";

    /// <summary>How many values of an attribute have figures of their own.</summary>
    public const int Most = 50;

    /// <summary>Characters of a value; a longer one is <see cref="Other"/>.</summary>
    public const int Longest = 100;

    /// <summary>Bytes of a value in UTF-8; a longer one is <see cref="Other"/>.</summary>
    public const int LongestUtf8 = 200;

    /// <summary>
    /// A text is itself, a number its shortest form, a flag true or false. Null, an empty text and what is missing are no value; a list, an
    /// object, a longer text and half of a surrogate pair count as <see cref="Other"/>.
    /// </summary>
    /// <param name="value">The attribute; undefined when it is missing.</param>
    /// <returns>Null for no value.</returns>
    public static string? Of(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => Text(value),
            JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number) ? (number + 0.0).ToString("R", CultureInfo.InvariantCulture) : value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Null or JsonValueKind.Undefined => string.Empty,
            _ => Other,
        };
        return text.Length == 0 || text == None ? null : text.Length > Longest || Encoding.UTF8.GetByteCount(text) > LongestUtf8 ? Other : text;
    }

    private static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Other; // No valid Unicode.
        }
    }
}
