using System.Buffers;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>The rule for experiments' ids: <c>^[a-z0-9][a-z0-9_-]{0,62}$</c>. Thread-safe.</summary>
public static class ExperimentId
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Whether the text is an id.</summary>
    /// <param name="id">The text.</param>
    public static bool IsValid(ReadOnlySpan<char> id)
        => id.Length is >= 1 and <= 63 && char.IsAsciiLetterOrDigit(id[0]) && !id.ContainsAnyExcept(Allowed);

    /// <summary>A refusal that says what an id looks like, or null when it is one.</summary>
    /// <param name="id">The text.</param>
    public static Refusal? Check(ReadOnlySpan<char> id) => IsValid(id)
        ? null
        : new Refusal(RefusalKind.Invalid, ExperimentCodes.InvalidId, "An experiment's id has 1 to 63 characters: lower-case letters a-z, digits, '_' and '-', and begins with a letter or digit.");
}
