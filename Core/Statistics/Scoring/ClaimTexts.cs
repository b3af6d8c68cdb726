using Bandstand.Experiments;
using static System.FormattableString;

namespace Bandstand.Statistics.Scoring;

/// <summary>The claims with their English sentences, one place for each code.</summary>
internal static class ClaimTexts
{
    public static Claim Participants(long count) => count == 0
        ? new("no-participants", new ClaimArgs { Participants = 0 }, "Nobody takes part yet.")
        : new("participants", new ClaimArgs { Participants = count }, count == 1 ? "1 participant so far." : Invariant($"{count} participants so far."));

    public static Claim Best(ScoreRow best, ScoreRow second, ScoreReport report)
    {
        var args = Figures(best, report) with { Over = second.Alternative, Lead = ClaimFigures.Lead(best, second, report) };
        var text = $"'{best.Alternative}' leads with {Measured(args, report.Kind)}";
        var direction = report.Goal == MetricGoal.Decrease ? "less" : "more";
        return new("best", args, text + (args.Lead is { } lead ? Invariant($", {lead} % {direction} than '{second.Alternative}'.") : "."));
    }

    public static Claim SignificantLevel(ScoreRow best) =>
        new("significant", Chance(best), Invariant($"By the classic score this is significant at {best.Probability} %."));

    public static Claim SignificantTest(ScoreRow best, ScoreReport report) =>
        new("significant", Tested(best, report), Invariant($"The difference is significant: p = {report.BestPValue:G3} against every other."));

    public static Claim NotSignificant(ScoreRow best, ScoreReport report) => report.Method == ScoreMethod.Classic
        ? new("not-significant", Chance(best), "This may be chance: let it run on.")
        : new(
            "not-significant",
            Tested(best, report),
            report.BestPValue is { } p ? Invariant($"This may be chance (p = {p:G3}): let it run on.") : "Whether this is chance cannot be told yet.");

    public static Claim ProbabilityBest(ScoreRow best) =>
        new("probability-best", Chance(best), Invariant($"It is the best with a probability of {Floor(best.Probability)} %."));

    public static Claim LowConfidence(ScoreRow best) => new(
        "low-confidence",
        Chance(best),
        best.Probability is { } p ? Invariant($"The probability that it is the best is only {Floor(p)} %: let it run on.") : "The probability that it is the best cannot be told yet.");

    public static Claim Converted(ScoreRow row, ScoreReport report)
    {
        var args = Figures(row, report);
        var judged = ClaimFigures.Judged(row);
        if (report.Kind is MetricKind.Ratio or MetricKind.Retention)
        {
            return judged.Mean is null
                ? new("not-converted", args, row.Participants == 0 ? $"'{row.Alternative}' has no participants." : $"'{row.Alternative}' has nothing below the line yet.")
                : new("converted", args, $"'{row.Alternative}' has {Measured(args, report.Kind)}.");
        }

        return judged.Converted == 0
            ? new("not-converted", args, row.Participants == 0 ? $"'{row.Alternative}' has no participants." : $"'{row.Alternative}' has no conversions.")
            : new("converted", args, $"'{row.Alternative}' has {Measured(args, report.Kind)}.");
    }

    public static Claim NoClearWinner() =>
        new("no-clear-winner", new ClaimArgs(), "There are too few results to rank the alternatives.");

    public static Claim Selected(string choice) =>
        new("selected", new ClaimArgs { Alternative = choice }, $"'{choice}' is chosen.");

    private static ClaimArgs Figures(ScoreRow row, ScoreReport report) => report.Kind is MetricKind.Conversion or MetricKind.Retention
        ? new ClaimArgs { Alternative = row.Alternative, Rate = (report.Kind == MetricKind.Retention ? ClaimFigures.Judged(row).Mean : ClaimFigures.Judged(row).Rate) is { } rate ? ClaimFigures.Percent(rate) : null }
        : new ClaimArgs { Alternative = row.Alternative, Mean = ClaimFigures.Judged(row).Mean };

    private static ClaimArgs Chance(ScoreRow best) => new() { Alternative = best.Alternative, Probability = best.Probability };

    private static ClaimArgs Tested(ScoreRow best, ScoreReport report) => new() { Alternative = best.Alternative, PValue = report.BestPValue };

    private static string Measured(ClaimArgs args, MetricKind kind) => args.Rate is { } rate
        ? Invariant($"a {(kind == MetricKind.Retention ? "retention" : "conversion rate")} of {rate:0.0} %")
        : kind == MetricKind.Ratio ? Invariant($"a ratio of {args.Mean:G4}")
        : Invariant($"a mean of {args.Mean:G4} per participant");

    /// <summary>Cut, not rounded: 99.97 % is not 100 %.</summary>
    private static double? Floor(double? percent) => percent is { } p ? Math.Floor(p * 10) / 10 : null;
}
