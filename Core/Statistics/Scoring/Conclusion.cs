using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>Says in coded claims, each with an English sentence, what a report means.</summary>
/// <remarks>
/// Which claims follow from which figures is Vanity's rule; the sentences are not. It differs where Vanity shows less than it
/// knows: 99.9 % is not cut to 99, and alternatives go by their keys. Score with <see cref="ScoreRequest.ForConclusion"/>, so
/// that a choice can be named. Thread-safe: it holds no state.
/// </remarks>
public static class Conclusion
{
    /// <summary>The claims of a report, in reading order.</summary>
    /// <param name="report">A report of <see cref="Scorer.Score"/>.</param>
    public static IReadOnlyList<Claim> Of(ScoreReport report)
    {
        var claims = new List<Claim> { ClaimTexts.Participants(report.Participants) };
        var (ranked, hasRanking) = Rank(report);
        if (hasRanking)
        {
            var rest = 0;
            if (ClaimFigures.Measure(ranked[0], report) != ClaimFigures.Measure(ranked[1], report))
            {
                claims.Add(ClaimTexts.Best(ranked[0], ranked[1], report));
                claims.Add(Confidence(ranked[0], report));
                rest = 1;
            }

            claims.AddRange(ranked.Skip(rest).Select(row => ClaimTexts.Converted(row, report)));
        }
        else
        {
            claims.Add(ClaimTexts.NoClearWinner());
        }

        if (report.Choice is { } choice)
        {
            claims.Add(ClaimTexts.Selected(choice));
        }

        return claims;
    }

    /// <summary>
    /// The alternatives from best to worst, the last defined first where they are equal, then those without conversions. There
    /// is a ranking when two or more have something to be ranked by.
    /// </summary>
    private static (List<ScoreRow> Ranked, bool HasRanking) Rank(ScoreReport report)
    {
        var open = report.Alternatives.Where(row => row.IsOpen).ToList();
        var rows = open.Count > 0 ? open : report.Alternatives.ToList();
        var sign = report.Goal == MetricGoal.Decrease ? -1 : 1;

        // Where less is better, an alternative in which nobody converts is not one without a result but the best.
        bool IsRanked(ScoreRow row) => sign > 0 && report.Kind == MetricKind.Conversion ? ClaimFigures.Judged(row).Converted > 0 : ClaimFigures.Judged(row).Mean is not null;
        List<ScoreRow> ranked = [.. Enumerable.Reverse(rows).Where(IsRanked).OrderByDescending(row => sign * ClaimFigures.Measure(row, report))];
        var hasRanking = ranked.Count > 1 && report.Best is not null;
        return ([.. ranked, .. rows.Where(row => !IsRanked(row))], hasRanking);
    }

    private static Claim Confidence(ScoreRow best, ScoreReport report) => report.Method switch
    {
        ScoreMethod.Classic when best.Probability >= ScoreRequest.DefaultProbability => ClaimTexts.SignificantLevel(best),
        ScoreMethod.Classic => ClaimTexts.NotSignificant(best, report),
        ScoreMethod.Bayes when best.Probability >= ScoreRequest.DefaultProbability => ClaimTexts.ProbabilityBest(best),
        ScoreMethod.Bayes => ClaimTexts.LowConfidence(best),
        _ when report.BestPValue <= 1 - report.Confidence => ClaimTexts.SignificantTest(best, report),
        _ => ClaimTexts.NotSignificant(best, report),
    };
}
