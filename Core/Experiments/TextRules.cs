using System.Globalization;

namespace Bandstand.Experiments;

/// <summary>What a text that people choose (a key, a name) may look like.</summary>
internal static class TextRules
{
    /// <summary>What is wrong and the remedy, or null when the text is good.</summary>
    public static string? Problem(string text, int longest, bool lines = false)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "The text is empty. Give it at least one visible character, or leave the field out.";
        }

        if (text.Length > longest)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The text has {text.Length} characters. Use at most {longest}.");
        }

        return text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t'))
            ? "The text has control characters. Remove them."
            : null;
    }

    /// <summary>At most 64 characters of a text, for an error's detail.</summary>
    public static string Shorten(string text)
    {
        const int most = 64;
        if (text.Length <= most)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";
    }
}
