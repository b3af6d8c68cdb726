using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Bandstand.Experiments;

/// <summary>
/// ISO 8601 durations of a fixed length: weeks, days, hours, minutes and seconds (<c>P7D</c>, <c>P1W</c>, <c>PT1H30M</c>).
/// Years and months are refused, because their length depends on the date. Thread-safe.
/// </summary>
public static partial class IsoDuration
{
    /// <summary>Reads a duration that is over 0 and at most <see cref="DefinitionLimits.LongestDuration"/>.</summary>
    /// <param name="text">The text, such as <c>P30D</c>.</param>
    /// <param name="duration">The duration, or zero when the text is none.</param>
    /// <returns>False when the text is not such a duration.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > 64 || Pattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var seconds = (Part(match, 1) * 604_800) + (Part(match, 2) * 86_400) + (Part(match, 3) * 3_600) + (Part(match, 4) * 60) + Part(match, 5);
        if (seconds <= 0 || seconds > (decimal)DefinitionLimits.LongestDuration.TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return duration > TimeSpan.Zero;
    }

    /// <summary>The duration as ISO 8601 text, such as <c>P30D</c>.</summary>
    /// <param name="duration">The duration.</param>
    public static string Format(TimeSpan duration) => XmlConvert.ToString(duration);

    private static decimal Part(Match match, int group)
        => match.Groups[group].Success ? decimal.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\AP(?=[0-9T])(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,7})?)S)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
