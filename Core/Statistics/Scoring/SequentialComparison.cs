using Bandstand.Experiments;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// Always-valid comparison. Conversions while they are few, or under weights that changed: the exact process of converters' labels, each
/// against the probabilities of its own assignment. Otherwise the asymptotic confidence sequence of the difference, epoch by epoch where
/// weights changed.
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

    /// <summary>
    /// Participants with an event that a mean of counts or values needs in each alternative before it is called nearly normal. Simulated
    /// with skewed values at 90/10, 100 called up to 6.3 % of equal pairs different and 200 about 4 %.
    /// </summary>
    public const long LeastMeasured = 200;

    private static readonly AsymptoticSequence Sequence = new(TightestAt, 0.05);

    private readonly Dictionary<(string Arm, string Other), Judgement> known = [];

    /// <summary>τ of log lifts that agrees with the sequence at an even split: the variance of a log ratio is 4 / converters there.</summary>
    private static double Deviation => 2 * Sequence.Rho;

    /// <inheritdoc/>
    public override Estimate<Evidence> Evidence(ArmData arm, ArmData other)
    {
        var judged = Judge(arm, other);
        return judged.Labels is { } labels
            ? labels.Evidence
            : judged.Test.Then<Evidence>(test => Sequence.Evidence(test.Z, test.Size));
    }

    /// <inheritdoc/>
    public override Estimate<double> PValue(ArmData arm, ArmData other) => Evidence(arm, other).Then<double>(e => e.PValue);

    /// <inheritdoc/>
    public override Estimate<LiftInterval> Lift(ArmData arm, ArmData other)
    {
        var judged = Judge(arm, other);
        return judged.Labels is { } labels ? Lift(arm, other, labels, judged.HasChanged)
            : arm.Adjusted is not null && other.Adjusted is not null && !judged.HasChanged
                ? judged.Test.Then(test => AdjustedFigures.Lift(arm, other, Sequence.Critical(test.Size, 1 - confidence)))
            : judged.Test.Then(test => FixedComparison.Fieller(
                test.Arm.Value, test.Arm.Variance, test.Other.Value, test.Other.Variance, Sequence.Critical(test.Size, 1 - confidence)));
    }

    /// <inheritdoc/>
    public override int Direction(ArmData arm, ArmData other)
    {
        var judged = Judge(arm, other);
        return judged.Labels is { } labels ? Math.Sign(labels.LogFactor) : judged.Test.TryGet(out var test, out _) ? Math.Sign(test.Z) : 0;
    }

    /// <inheritdoc/>
    public override (double Have, double Need) Distance(ArmData arm, ArmData other, double p, double alpha)
    {
        if (!Asymptotic(arm, other, new PairEpochs(arm, other, kind)).TryGet(out var test, out _) || test.Z == 0)
        {
            return (0, 0);
        }

        // The boundary grows with the sample that is to meet it: z √f = boundary(f × size), solved by iteration.
        var need = Sequence.Critical(test.Size, alpha);
        for (var i = 0; i < 20; i++)
        {
            var times = need * need / (test.Z * test.Z);
            need = Sequence.Critical(test.Size * Math.Clamp(times, 1e-6, 1e9), alpha);
        }

        return (Math.Abs(test.Z), need);
    }

    /// <summary>The interval of the difference of means that holds at every look, whatever made the weights.</summary>
    /// <param name="arm">An alternative.</param>
    /// <param name="other">Another.</param>
    public Estimate<DifferenceEstimate> Difference(ArmData arm, ArmData other)
    {
        var epochs = new PairEpochs(arm, other, kind);
        if (kind == MetricKind.Conversion && IsFew(arm, other))
        {
            return Reasons.FewConverters();
        }

        return Asymptotic(arm, other, epochs).Then<DifferenceEstimate>(test =>
            DifferenceEstimate.Of(test.Difference, Sequence.Critical(test.Size, 1 - confidence)));
    }

    private static bool IsFew(ArmData arm, ArmData other)
    {
        var converted = arm.Converted + other.Converted;
        var all = arm.Participants + other.Participants;
        return Math.Min(converted, all - converted) * (Math.Min(arm.Participants, other.Participants) / (double)all) < FewConverters;
    }

    private static Unavailable? Empty(ArmData arm, ArmData other) =>
        arm.Participants == 0 ? Reasons.EmptyAlternative(arm)
        : other.Participants == 0 ? Reasons.EmptyAlternative(other)
        : null;

    /// <summary>Which engine judges the two, and what it says. A report asks several things about one pair; it is made for one report.</summary>
    private Judgement Judge(ArmData arm, ArmData other)
    {
        if (known.TryGetValue((arm.Key, other.Key), out var before))
        {
            return before;
        }

        var epochs = new PairEpochs(arm, other, kind);
        var labels = kind == MetricKind.Conversion && Empty(arm, other) is null ? Labels(arm, other, epochs) : null;
        var judged = labels is not { } figure ? new Judgement(null, Asymptotic(arm, other, epochs), epochs.HasChanged)
            : figure.TryGet(out var mixture, out var reason) ? new Judgement(mixture, default, epochs.HasChanged)
            : new Judgement(null, reason, epochs.HasChanged);
        known.Add((arm.Key, other.Key), judged);
        return judged;
    }

    /// <summary>The labels of converters, or why they cannot be judged; null where the asymptotic sequence is to be used.</summary>
    private static Estimate<LabelMixture>? Labels(ArmData arm, ArmData other, PairEpochs epochs)
    {
        if (arm.Converted + other.Converted == 0)
        {
            return new Unavailable(ScoreCodes.NoConversions, $"Nobody converted in '{arm.Key}' or '{other.Key}' yet.");
        }

        var isFew = IsFew(arm, other);
        if (!epochs.IsKnown)
        {
            return isFew ? (Estimate<LabelMixture>?)Reasons.UnknownWeights() : null;
        }

        return isFew || epochs.HasChanged ? (Estimate<LabelMixture>?)new LabelMixture(epochs.Labels, Deviation) : null;
    }

    private Estimate<LiftInterval> Lift(ArmData arm, ArmData other, LabelMixture labels, bool hasChanged)
    {
        var factors = labels.Factors(1 - confidence);
        if (double.IsInfinity(factors.Upper))
        {
            return Reasons.UnboundedLift();
        }

        // Rates over all epochs mix periods where weights changed; the likeliest factor does not.
        var estimate = hasChanged
            ? (Estimate<double>)(Math.Exp(labels.LogFactor) - 1)
            : RelativeLift.Of((double)arm.Converted / arm.Participants, (double)other.Converted / other.Participants);
        return estimate.Then<LiftInterval>(lift => new LiftInterval(lift, factors.Lower - 1, factors.Upper - 1));
    }

    private Estimate<SequenceTest> Asymptotic(ArmData arm, ArmData other, PairEpochs epochs)
    {
        if (Empty(arm, other) is { } reason)
        {
            return reason;
        }

        if (kind != MetricKind.Conversion)
        {
            var least = arm.Converted <= other.Converted ? arm : other;
            if (least.Participants < 2 || least.Converted < LeastMeasured)
            {
                return Reasons.FewMeasured(least.Key, least.Converted, LeastMeasured);
            }

            if ((FewBelow(arm) ?? FewBelow(other)) is { } few)
            {
                return few;
            }
        }

        return epochs.HasChanged ? SequenceTest.ByEpoch(epochs, kind) : SequenceTest.Pooled(arm, other, kind);
    }

    private Unavailable? FewBelow(ArmData arm) =>
        arm.Below is not { } below ? null
        : below < LeastMeasured ? Reasons.FewBelow(arm.Key, below, LeastMeasured)
        : kind == MetricKind.Retention && below - arm.Converted < LeastMeasured ? Reasons.FewRetained(arm.Key, (long)Math.Round(below) - arm.Converted, LeastMeasured)
        : null;

    private sealed record Judgement(LabelMixture? Labels, Estimate<SequenceTest> Test, bool HasChanged);
}
