using System.Globalization;
using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>The figures that claims quote.</summary>
internal static class ClaimFigures
{
    /// <summary>What alternatives are ranked by: the rate of a conversion metric, else the mean; 0 when nobody participates.</summary>
    public static double Measure(ScoreRow row, ScoreReport report) =>
        (report.Kind == MetricKind.Conversion ? Judged(row).Rate : Judged(row).Mean) ?? 0;

    /// <summary>Those of an alternative that it is judged by.</summary>
    public static MatureRow Judged(ScoreRow row) => Adjusted(row, row.Mature ?? new MatureRow(row.Participants, row.Converted, row.Rate, row.Mean, row.StdDev));

    private static MatureRow Adjusted(ScoreRow row, MatureRow judged) => row.Adjusted is { } adjusted ? judged with { Rate = adjusted.Mean, Mean = adjusted.Mean } : judged;

    /// <summary>A rate in percent, rounded to one decimal as it is printed.</summary>
    public static double Percent(double rate) =>
        double.Parse((rate * 100).ToString("F1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>By how many whole percent of the second the first is better; null when that is 0 or the second is 0.</summary>
    public static double? Lead(ScoreRow first, ScoreRow second, ScoreReport report)
    {
        double best = Measure(first, report), other = Measure(second, report);
        var lead = Math.Round(Math.Abs(best - other) / Math.Abs(other) * 100, MidpointRounding.AwayFromZero);
        return double.IsFinite(lead) && lead > 0 ? lead : null;
    }
}
