using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// How a method compares two alternatives: one p-value and one interval, which answer the same question. A method that tests
/// differences is one of these and nothing else.
/// </summary>
internal abstract class ArmComparison
{
    private static readonly Unavailable NoEValue = Reasons.OtherMethod("An e-value", ScoreMethod.Sequential);

    /// <summary>The comparison of a request's method.</summary>
    public static ArmComparison Of(ScoreRequest request) => request.Method switch
    {
        ScoreMethod.Fixed => new FixedComparison(request.Kind, request.Confidence),
        ScoreMethod.Sequential => new SequentialComparison(request.Kind, request.Confidence),
        _ => new NoComparison(),
    };

    /// <summary>The two-sided p-value of "there is no difference".</summary>
    public abstract Estimate<double> PValue(ArmData arm, ArmData other);

    /// <summary>The evidence against "there is no difference", where the method has it.</summary>
    public virtual Estimate<Evidence> Evidence(ArmData arm, ArmData other) => NoEValue;

    /// <summary>
    /// The sign of the difference that the p-value is about: 1 where the first has more, −1 where less, 0 where that cannot be told. Not
    /// that of the means over all participants where weights changed.
    /// </summary>
    public virtual int Direction(ArmData arm, ArmData other) => 0;

    /// <summary>Standard errors that the difference is, its p-value being <paramref name="p"/>, and those that it must be for <paramref name="alpha"/>.</summary>
    public virtual (double Have, double Need) Distance(ArmData arm, ArmData other, double p, double alpha) =>
        (Normal.UpperQuantile(p / 2), Normal.UpperQuantile(alpha / 2));

    /// <summary>The relative lift of an alternative over another.</summary>
    public abstract Estimate<LiftInterval> Lift(ArmData arm, ArmData other);

    private sealed class NoComparison : ArmComparison
    {
        private static readonly Unavailable NoPValue = Reasons.OtherMethod("A p-value", ScoreMethod.Fixed, ScoreMethod.Sequential);
        private static readonly Unavailable NoLift = Reasons.OtherMethod("A lift", ScoreMethod.Fixed, ScoreMethod.Sequential);

        public override Estimate<double> PValue(ArmData arm, ArmData other) => NoPValue;

        public override Estimate<LiftInterval> Lift(ArmData arm, ArmData other) => NoLift;
    }
}
