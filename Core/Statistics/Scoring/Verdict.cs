using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Classic;
using Bandstand.Statistics.Distributions;
using static System.FormattableString;

namespace Bandstand.Statistics.Scoring;

/// <summary>What a report still lacks, and what keeps it from meaning what it seems to mean.</summary>
internal static class Verdict
{
    /// <summary>Conversions, and participants without one, that a z-score needs for its normal approximation.</summary>
    private const long LeastConversions = 5;

    public static IReadOnlyList<MissingReason> Missing(
        IReadOnlyList<ArmData> arms, ScoreRequest request, Ranking ranking, ScoreRow[] rows, Estimate<double>? bestPValue, ArmComparison comparison)
    {
        var missing = new List<(Unavailable Reason, long? More)>();
        var everybody = arms.Sum(arm => arm.Everybody().Participants);
        if (everybody == 0)
        {
            return [new(ScoreCodes.NoParticipants, "Nobody takes part in this experiment yet.")];
        }

        missing.AddRange(ranking.Candidates.Where(i => arms[i].Participants == 0).Select(i => (Reasons.EmptyAlternative(arms[i]), (long?)null)));
        var judged = arms.Sum(arm => arm.Closed);
        if (arms.Any(arm => arm.SoFar is { HasWindow: true }) && judged > 0 && judged < everybody - judged)
        {
            missing.Add((Reasons.WindowsOpen(judged, everybody), null));
        }

        if (ranking.Best is not { } best)
        {
            missing.Add((Reasons.NoConversions(), null));
        }
        else if (ranking.Base is null)
        {
            missing.Add((Reasons.NoBase(), null));
        }
        else
        {
            missing.AddRange(request.Method switch
            {
                ScoreMethod.Classic => Classic(arms, request, ranking, rows[best]),
                ScoreMethod.Bayes => Bayes(arms, request, rows[best]),
                _ => Tested(arms, request, rows[best], bestPValue, p => comparison.Distance(arms[best], arms[ranking.Base.Value], p, Alpha(request))),
            });
        }

        return [.. missing.DistinctBy(m => m.Reason).Select(m => Projection.Tell(m.Reason, m.More, request.PerDay))];
    }

    public static IReadOnlyList<Warning> Warnings(IReadOnlyList<ArmData> arms, ScoreRequest request, bool hasChanged, SampleRatio ratio)
    {
        var warnings = new List<Warning>();
        if (request.Method != ScoreMethod.Sequential && (hasChanged || (request.IsAdaptive && request.Method != ScoreMethod.Bayes)))
        {
            var method = request.Method.Name();
            warnings.Add(new Warning(
                ScoreCodes.AdaptiveAllocation,
                "$.method",
                request.Method == ScoreMethod.Bayes
                    ? $"Weights changed while participants were assigned, and method={method} takes all of them as one sample: a base rate that moved with the weights looks like a difference. Use method=sequential, or the estimates under 'adaptive'."
                    : $"The weights of this experiment {(request.IsAdaptive ? "follow its data" : "changed while participants were assigned")}, and method={method} does not allow for that: its levels, p-values and intervals claim too much. Use method=sequential, or the estimates under 'adaptive'."));
        }

        if (request is { Method: ScoreMethod.Sequential, IsAdaptive: true } && arms.Any(arm => arm.ByEpoch().Any(epoch => double.IsNaN(epoch.Probability))))
        {
            warnings.Add(new Warning(
                ScoreCodes.AdaptiveAllocation,
                "$.method",
                "The weights of this experiment follow its data, and those under which participants were assigned are not known at this moment: p-values and intervals may claim too much. Ask again."));
        }

        if (ratio.Mismatch)
        {
            warnings.Add(new Warning(
                ScoreCodes.SampleRatioMismatch,
                "$.sampleRatio",
                Invariant($"Participants are not spread as the weights made likely (p = {ratio.PValue:G3}): find the cause before trusting any figure, such as events lost or people redirected in one alternative only.")));
        }

        return warnings;
    }

    private static IEnumerable<(Unavailable Reason, long? More)> Classic(IReadOnlyList<ArmData> arms, ScoreRequest request, Ranking ranking, ScoreRow best)
    {
        if (request.Kind != MetricKind.Conversion)
        {
            yield return (Reasons.ConversionOnly("The classic score"), null);
            yield break;
        }

        foreach (var arm in new[] { arms[ranking.Ascending[^1]], arms[ranking.Ascending[^2]] }.Where(a => a.Participants > 0))
        {
            var rarer = Math.Min(arm.Converted, arm.Participants - arm.Converted);
            if (rarer < LeastConversions)
            {
                yield return (
                    new(ScoreCodes.FewConversions, $"In '{arm.Key}' {arm.Converted} of {arm.Participants} converted; the z-score needs at least {LeastConversions} who did and {LeastConversions} who did not."),
                    Projection.MoreFor([(rarer, LeastConversions)], All(arms)));
            }
        }

        var asked = request.Probability ?? ScoreRequest.DefaultProbability;
        if (!(best.Probability >= asked))
        {
            yield return best.Z is { } z
                ? (new(ScoreCodes.NotSignificant, Invariant($"'{best.Alternative}' is {z:0.00} standard errors better than '{arms[ranking.Base!.Value].Key}': level {best.Probability} %, and {asked} % is asked.")), Projection.More(arms, z, ClassicLevel.Threshold(asked)))
                : (new(ScoreCodes.NotSignificant, Invariant($"The best, '{best.Alternative}', reaches level {best.Probability} %, and {asked} % is asked.")), null);
        }
    }

    private static IEnumerable<(Unavailable Reason, long? More)> Bayes(IReadOnlyList<ArmData> arms, ScoreRequest request, ScoreRow best)
    {
        if (best.Probability is not { } probability)
        {
            var why = best.Unavailable.First(u => u.Field == "probability");
            yield return (new(why.Code, why.Detail), null);
            yield break;
        }

        var asked = request.Probability ?? ScoreRequest.DefaultProbability;
        if (probability < asked)
        {
            yield return (
                new(ScoreCodes.NotSignificant, Invariant($"'{best.Alternative}' is the best with probability {Math.Floor(probability * 10) / 10} %, and {asked} % is asked.")),
                probability > 50 ? Projection.More(arms, Normal.Quantile(probability / 100), Normal.Quantile(asked / 100)) : null);
        }
    }

    private static IEnumerable<(Unavailable Reason, long? More)> Tested(
        IReadOnlyList<ArmData> arms, ScoreRequest request, ScoreRow best, Estimate<double>? bestPValue, Func<double, (double Have, double Need)> distance)
    {
        if (bestPValue is not { } figure)
        {
            yield break;
        }

        var alpha = Alpha(request);
        if (!figure.TryGet(out var p, out var reason))
        {
            var isMeasure = reason.Code == ScoreCodes.FewParticipants && request.Method == ScoreMethod.Sequential;
            yield return (reason, isMeasure ? Projection.MoreFor(arms.Where(a => a.IsOpen).Select(a => ((long)Math.Min(a.Converted, a.Below ?? a.Converted), SequentialComparison.LeastMeasured)), All(arms)) : null);
        }
        else if (p > alpha)
        {
            var (have, need) = distance(p);
            yield return (
                new(ScoreCodes.NotSignificant, Invariant($"'{best.Alternative}' against every other, Holm-corrected: p = {p:G3}, and {alpha:G3} is needed.")),
                Projection.More(arms, have, need));
        }
    }

    private static double All(IReadOnlyList<ArmData> arms) => arms.Sum(arm => (double)arm.Participants);

    private static double Alpha(ScoreRequest request) => request.Probability is { } percent ? (100 - percent) / 100 : 1 - request.Confidence;
}
