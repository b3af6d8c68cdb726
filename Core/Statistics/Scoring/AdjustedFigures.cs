using Bandstand.Experiments;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Statistics.Scoring;

/// <summary>What an alternative's totals were before they were adjusted by a covariate. Immutable.</summary>
/// <param name="Raw">Moments of the totals as they were.</param>
/// <param name="Product">See <see cref="AdjustedSample.Product"/>.</param>
internal sealed record ArmAdjustment(Moments Raw, double Product);

/// <summary>
/// Alternatives adjusted by the metric's covariate, for the methods that test differences. What they say is then the answer to the
/// question; the raw figures stand beside without a p-value of their own.
/// </summary>
internal sealed class AdjustedFigures
{
    /// <summary>Participants whose covariate is known, in all, that an adjustment needs.</summary>
    public const long LeastKnown = 100;

    private AdjustedFigures(IReadOnlyList<ArmData> arms, Adjustment? adjustment) => (Arms, Adjustment) = (arms, adjustment);

    /// <summary>The alternatives to be tested: adjusted ones, or those that came where there is nothing to adjust.</summary>
    public IReadOnlyList<ArmData> Arms { get; }

    /// <summary>What was done; null for metrics without a covariate and for other methods.</summary>
    public Adjustment? Adjustment { get; }

    /// <summary>The request for <see cref="Arms"/>: where they are adjusted, even conversions are numbers of any kind.</summary>
    public ScoreRequest Adapt(ScoreRequest request) => Adjustment?.Theta is null ? request : request with { Kind = MetricKind.Value };

    public static AdjustedFigures Of(IReadOnlyList<ArmData> arms, ScoreRequest request)
    {
        if (request.Covariate is not { } name || request.Method is not (ScoreMethod.Fixed or ScoreMethod.Sequential) || arms.Any(arm => arm.Covariate is null))
        {
            return new(arms, null);
        }

        List<CovariateSample> samples = [.. arms.Select(arm => arm.Covariate!)];
        var (all, known) = (samples.Sum(s => s.Joint.Count + s.Rest.Count), samples.Sum(s => s.Joint.Count));
        double? coverage = all == 0 ? null : (double)known / all;
        var adjustment = Reason(arms, request, known) is { } why ? why : CovariateAdjustment.Of(samples);
        return adjustment.TryGet(out var found, out var reason)
            ? new([.. Adjusted(arms, request.Kind, found)], new Adjustment(name, coverage, found.Theta))
            : new(arms, new Adjustment(name, coverage, null, Reasons.Tell(reason)));
    }

    /// <summary>By how much the adjustment shrank the variance of a difference, 0 to 1; below 0 where it grew.</summary>
    public static double? Reduction(ArmData arm, ArmData other)
    {
        if (arm.Adjusted is not { } one || other.Adjusted is not { } two)
        {
            return null;
        }

        var reduction = 1 - ((MeanVariance(arm.Totals) + MeanVariance(other.Totals)) / (MeanVariance(one.Raw) + MeanVariance(two.Raw)));
        return double.IsFinite(reduction) ? reduction : null;
    }

    /// <summary>The lift of an adjusted difference over the control's own mean, with the interval at a critical value.</summary>
    public static Estimate<LiftInterval> Lift(ArmData arm, ArmData other, double critical)
    {
        var control = other.Adjusted!.Raw;
        var difference = arm.Totals.Mean - other.Totals.Mean;
        var covariance = -other.Adjusted.Product / (control.Count - 1) / control.Count;
        return RelativeLift.Of(control.Mean + difference, control.Mean).Then(estimate => RelativeLift.Fieller(
                difference, MeanVariance(arm.Totals) + MeanVariance(other.Totals), covariance, control.Mean, MeanVariance(control), critical)
            .Then<LiftInterval>(interval => double.IsFinite(estimate) && double.IsFinite(interval.Lower) && double.IsFinite(interval.Upper)
                ? new LiftInterval(estimate, interval.Lower, interval.Upper)
                : Reasons.OutOfRange()));
    }

    /// <summary>Why nothing is adjusted yet, or null.</summary>
    private static Unavailable? Reason(IReadOnlyList<ArmData> arms, ScoreRequest request, long known)
    {
        if (known < LeastKnown || arms.Any(arm => arm.Participants == 1))
        {
            return Reasons.FewKnown(known, LeastKnown);
        }

        if (request.Kind != MetricKind.Conversion)
        {
            return null;
        }

        if (request.Method == ScoreMethod.Sequential && AdaptiveFigures.HasChanged(arms))
        {
            return Reasons.LabelsNotAdjusted();
        }

        // Before that conversions are judged one by one, which no adjustment can improve.
        var least = arms.Where(arm => arm.Participants > 0).Min(arm => Math.Min(arm.Converted, arm.Participants - arm.Converted));
        return least < SequentialComparison.LeastMeasured ? Reasons.FewToAdjust(least, SequentialComparison.LeastMeasured) : null;
    }

    private static IEnumerable<ArmData> Adjusted(IReadOnlyList<ArmData> arms, MetricKind kind, CovariateAdjustment adjustment)
    {
        var totals = adjustment.Adjust([.. arms.Select(arm => arm.Covariate!)]);
        var byEpoch = Enumerable.Range(0, arms[0].ByEpoch().Count)
            .Select(e => arms.All(arm => arm.ByEpoch()[e].Covariate is not null) ? adjustment.Adjust([.. arms.Select(arm => arm.ByEpoch()[e].Covariate!)]) : null)
            .ToList();
        return arms.Select((arm, i) => arm with
        {
            Totals = totals[i].Moments,
            Epochs = arm.Epochs is null || byEpoch.Contains(null) ? null : [.. arm.Epochs.Select((epoch, e) => epoch with { Totals = byEpoch[e]![i].Moments })],
            Adjusted = new ArmAdjustment(kind == MetricKind.Conversion ? Moments.FromConversions(arm.Participants, arm.Converted) : arm.Totals, totals[i].Product),
        });
    }

    private static double MeanVariance(Moments totals) => totals.M2 / (totals.Count - 1) / totals.Count;
}

/// <summary>How a metric's totals were adjusted by its covariate. Immutable.</summary>
/// <param name="Covariate">Its name.</param>
/// <param name="Coverage">The share of participants of whom it is known, 0 to 1; null while there are none.</param>
/// <param name="Theta">What one unit of it is worth; null where nothing was adjusted.</param>
/// <param name="Unavailable">Why nothing was adjusted, else null.</param>
public sealed record Adjustment(string Covariate, double? Coverage, double? Theta, MissingReason? Unavailable = null);

/// <summary>What the adjustment did for one alternative. Immutable.</summary>
/// <param name="Mean">The adjusted mean, which alternatives are ranked and tested by.</param>
/// <param name="VarianceReduction">By how much it shrank the variance of the difference from the control, as a fraction; null on its row.</param>
/// <param name="UnadjustedLift">The lift without it, at the same confidence; null on the control's row and where it cannot be computed.</param>
public sealed record AdjustedRow(double Mean, double? VarianceReduction, LiftInterval? UnadjustedLift);
