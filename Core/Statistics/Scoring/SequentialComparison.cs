using Bandstand.Experiments;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// Always-valid comparison. Conversions while they are few, or under weights that changed: the exact process of converters' labels, each
/// against the probabilities of its own assignment. Otherwise the asymptotic confidence sequence of the difference.
/// </summary>
/// <remarks>
/// <para>Its size is not the number of participants but of those with an event, scaled to an even split: 4 · nₐn_b/n² · converters, for
/// conversions times 1 − rate. That grows while outcomes mature, participants need not, and a difference is as precise as events are
/// many.</para>
/// <para>p-value and interval share one boundary, so that the lift excludes 0 exactly when p ≤ 1 − confidence. docs/statistics.md says
/// which guarantee holds when participants convert late.</para>
/// </remarks>
internal sealed class SequentialComparison(MetricKind kind, double confidence) : ArmComparison
{
    /// <summary>Converters at which the sequence is tightest: enough to see lifts of about 18 %.</summary>
    public const double TightestAt = 1000;

    /// <summary>Under so many converters, or others, to be expected in the smaller alternative the exact process is used.</summary>
    public const double FewConverters = 50;

    /// <summary>Participants with an event that a mean of counts or values needs in each alternative before it is called nearly normal.</summary>
    public const long LeastMeasured = 100;

    private readonly AsymptoticSequence sequence = new(TightestAt, 0.05);

    /// <summary>τ of log lifts that agrees with the sequence at an even split: the variance of a log ratio is 4 / converters there.</summary>
    private double Deviation => 2 * sequence.Rho;

    /// <inheritdoc/>
    public override Estimate<Evidence> Evidence(ArmData arm, ArmData other)
    {
        if (Exact(arm, other) is { } exact)
        {
            return exact.Then<Evidence>(labels => labels.Evidence);
        }

        return Asymptotic(arm, other).Then<Evidence>(test => sequence.Evidence(test.Z, test.Size));
    }

    /// <inheritdoc/>
    public override Estimate<double> PValue(ArmData arm, ArmData other) => Evidence(arm, other).Then<double>(e => e.PValue);

    /// <inheritdoc/>
    public override Estimate<LiftInterval> Lift(ArmData arm, ArmData other)
    {
        if (Exact(arm, other) is { } exact)
        {
            return exact.Then(labels => Lift(arm, other, labels.Factors(1 - confidence)));
        }

        return Asymptotic(arm, other).Then(test => FixedComparison.Fieller(
            test.Arm.Mean, MeanVariance(test.Arm), test.Other.Mean, MeanVariance(test.Other), sequence.Critical(test.Size, 1 - confidence)));
    }

    /// <inheritdoc/>
    public override (double Have, double Need) Distance(ArmData arm, ArmData other, double p, double alpha)
    {
        if (!Asymptotic(arm, other).TryGet(out var test, out _) || test.Z == 0)
        {
            return (0, 0);
        }

        // The boundary grows with the sample that is to meet it: z √f = boundary(f × size), solved by iteration.
        var need = sequence.Critical(test.Size, alpha);
        for (var i = 0; i < 20; i++)
        {
            var times = need * need / (test.Z * test.Z);
            need = sequence.Critical(test.Size * Math.Clamp(times, 1e-6, 1e9), alpha);
        }

        return (Math.Abs(test.Z), need);
    }

    private static Estimate<LiftInterval> Lift(ArmData arm, ArmData other, Interval factors)
    {
        double rate = (double)arm.Converted / arm.Participants, control = (double)other.Converted / other.Participants;
        if (double.IsInfinity(factors.Upper))
        {
            return Reasons.UnboundedLift();
        }

        return RelativeLift.Of(rate, control).Then<LiftInterval>(lift => new LiftInterval(lift, factors.Lower - 1, factors.Upper - 1));
    }

    /// <summary>The labels of converters, or why they cannot be judged; null where the asymptotic sequence is to be used.</summary>
    private Estimate<LabelMixture>? Exact(ArmData arm, ArmData other)
    {
        if (kind != MetricKind.Conversion)
        {
            return null;
        }

        if (Empty(arm, other) is { } reason)
        {
            return reason;
        }

        if (arm.Converted + other.Converted == 0)
        {
            return new Unavailable(ScoreCodes.NoConversions, $"Nobody converted in '{arm.Key}' or '{other.Key}' yet.");
        }

        var strata = Strata(arm, other);
        var converted = arm.Converted + other.Converted;
        var all = arm.Participants + other.Participants;
        var isFew = Math.Min(converted, all - converted) * (Math.Min(arm.Participants, other.Participants) / (double)all) < FewConverters;
        if (strata is null)
        {
            return isFew ? (Estimate<LabelMixture>?)Reasons.UnknownWeights() : null;
        }

        var changed = strata.DistinctBy(s => s.Probability).Count() > 1;
        return isFew || changed ? (Estimate<LabelMixture>?)new LabelMixture(strata, Deviation) : null;
    }

    /// <summary>Converters by epoch against the probabilities of the two alternatives; null where those are not known.</summary>
    private static List<LabelStratum>? Strata(ArmData arm, ArmData other)
    {
        var (one, two) = (arm.ByEpoch(), other.ByEpoch());
        var strata = new List<LabelStratum>();
        for (var e = 0; e < Math.Min(one.Count, two.Count); e++)
        {
            var pair = one[e].Probability + two[e].Probability;
            if (double.IsNaN(pair))
            {
                return null;
            }

            if (pair > 0)
            {
                strata.Add(new LabelStratum(one[e].Probability / pair, one[e].Converted, two[e].Converted));
            }
        }

        return strata.Sum(s => s.Inside + s.Outside) == arm.Converted + other.Converted ? strata : null;
    }

    private Estimate<Test> Asymptotic(ArmData arm, ArmData other)
    {
        if (Empty(arm, other) is { } reason)
        {
            return reason;
        }

        var isConversion = kind == MetricKind.Conversion;
        if (!isConversion)
        {
            var least = arm.Converted <= other.Converted ? arm : other;
            if (least.Participants < 2 || least.Converted < LeastMeasured)
            {
                return Reasons.FewMeasured(least.Key, least.Converted, LeastMeasured);
            }
        }

        var one = isConversion ? Moments.FromConversions(arm.Participants, arm.Converted) : arm.Totals;
        var two = isConversion ? Moments.FromConversions(other.Participants, other.Converted) : other.Totals;
        var variance = MeanVariance(one) + MeanVariance(two);
        if (!(variance > 0))
        {
            return one.Mean == two.Mean ? Unavailable.ZeroVariance : Unavailable.ZeroVarianceUnequal;
        }

        var z = (one.Mean - two.Mean) / Math.Sqrt(variance);
        return double.IsFinite(z) && double.IsFinite(z * z) ? new Test(one, two, z, Math.Max(1, Size(arm, other))) : Reasons.OutOfRange();
    }

    private double Size(ArmData arm, ArmData other)
    {
        var all = (double)arm.Participants + other.Participants;
        var converted = (double)arm.Converted + other.Converted;
        var information = kind == MetricKind.Conversion ? converted * (1 - (converted / all)) : converted;
        return 4 * (arm.Participants / all) * (other.Participants / all) * information;
    }

    private static Unavailable? Empty(ArmData arm, ArmData other) =>
        arm.Participants == 0 ? Reasons.EmptyAlternative(arm.Key)
        : other.Participants == 0 ? Reasons.EmptyAlternative(other.Key)
        : null;

    private static double MeanVariance(Moments totals) => totals.M2 / (totals.Count - 1) / totals.Count;

    private readonly record struct Test(Moments Arm, Moments Other, double Z, double Size);
}
