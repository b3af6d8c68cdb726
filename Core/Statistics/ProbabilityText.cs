using System.Globalization;

namespace Bandstand.Statistics;

/// <summary>Probabilities for people: in percent, and never certain, because no amount of data makes them so. Thread-safe.</summary>
internal static class ProbabilityText
{
    /// <summary>Such as <c>62.77 %</c>, <c>over 99.99 %</c> or <c>under 0.01 %</c>.</summary>
    /// <param name="probability">From 0 to 1.</param>
    public static string Of(double probability)
    {
        var percent = probability > 0.9999 ? "over 99.99" : probability < 0.0001 ? "under 0.01" : (100 * probability).ToString("0.##", CultureInfo.InvariantCulture);
        return percent + " %";
    }
}
