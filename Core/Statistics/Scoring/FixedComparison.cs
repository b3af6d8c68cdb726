using Bandstand.Experiments;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// Fixed-horizon tests: Welch's t for counts and values; the pooled z for conversions, or Fisher's exact test where fewer than
/// five are expected in a cell. The lift is Fieller's, at the test's own critical value.
/// </summary>
/// <remarks>
/// For counts and values the lift's interval excludes 0 exactly when the p-value says so. For conversions the interval takes
/// each rate's own variance, the p-value the pooled one, so that on the border they may differ.
/// </remarks>
internal sealed class FixedComparison(MetricKind kind, double confidence) : ArmComparison
{
    private readonly double normal = Normal.UpperQuantile((1 - confidence) / 2);

    public override Estimate<double> PValue(ArmData arm, ArmData other)
    {
        if (Empty(arm, other) is { } reason)
        {
            return reason;
        }

        if (kind != MetricKind.Conversion)
        {
            return Welch(arm, other).Then(test => Reasons.Finite(test.PTwoSided));
        }

        var (one, two) = (Rate(arm), Rate(other));
        if (one.Converted + two.Converted == 0)
        {
            return new Unavailable(ScoreCodes.NoConversions, $"Nobody converted in '{arm.Key}' or '{other.Key}' yet.");
        }

        return TwoProportions.IsLarge(one, two) || IsEverybody(one, two)
            ? TwoProportions.Pooled(one, two).Then(test => Reasons.Finite(test.PTwoSided))
            : FisherExact.PTwoSided(one, two);
    }

    public override Estimate<LiftInterval> Lift(ArmData arm, ArmData other)
    {
        if (Empty(arm, other) is { } reason)
        {
            return reason;
        }

        if (arm.Adjusted is not null && other.Adjusted is not null)
        {
            return Welch(arm, other).Then(test => AdjustedFigures.Lift(arm, other, test.Critical(confidence)));
        }

        if (kind != MetricKind.Conversion)
        {
            return Welch(arm, other).Then(test => Fieller(
                arm.Totals.Mean, MeanVariance(arm.Totals), other.Totals.Mean, MeanVariance(other.Totals), test.Critical(confidence)));
        }

        var (one, two) = (Rate(arm), Rate(other));
        return TwoProportions.IsLarge(one, two)
            ? Fieller(one.Rate, one.VarianceOfRate, two.Rate, two.VarianceOfRate, normal)
            : Reasons.FewConversions();
    }

    internal static Estimate<LiftInterval> Fieller(double mean, double variance, double control, double controlVariance, double critical)
    {
        if (control > 0 && !double.IsFinite((mean - control) / control))
        {
            return Reasons.OutOfRange();
        }

        return RelativeLift.Of(mean, control).Then(estimate =>
            RelativeLift.Fieller(mean, variance, control, controlVariance, critical).Then<LiftInterval>(interval =>
                double.IsFinite(interval.Lower) && double.IsFinite(interval.Upper)
                    ? new LiftInterval(estimate, interval.Lower, interval.Upper)
                    : Reasons.OutOfRange()));
    }

    private static Estimate<TTest> Welch(ArmData arm, ArmData other) => Math.Min(arm.Participants, other.Participants) < 2
        ? Reasons.FewParticipants(arm.Participants < 2 ? arm.Key : other.Key, 1, 2)
        : (FewBelow(arm) ?? FewBelow(other)) is { } reason ? reason
        : WelchTest.Compare(arm.Totals, other.Totals);

    /// <summary>Why a ratio cannot be tested yet, or null.</summary>
    internal static Unavailable? FewBelow(ArmData arm) =>
        arm.Below < RatioOfTotals.LeastEffective ? Reasons.FewBelow(arm.Key, arm.Below.Value, RatioOfTotals.LeastEffective) : null;

    private static Unavailable? Empty(ArmData arm, ArmData other) =>
        arm.Participants == 0 ? Reasons.EmptyAlternative(arm)
        : other.Participants == 0 ? Reasons.EmptyAlternative(other)
        : null;

    private static bool IsEverybody(Proportion one, Proportion two) => one.Converted + two.Converted == one.Participants + two.Participants;

    private static Proportion Rate(ArmData arm) => new(arm.Converted, arm.Participants);

    private static double MeanVariance(Moments totals) => totals.M2 / (totals.Count - 1) / totals.Count;
}
