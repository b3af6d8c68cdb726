using Bandstand.Experiments;
using Bandstand.Statistics.Adaptive;

namespace Bandstand.Statistics.Scoring;

/// <summary>What the asymptotic sequence is asked about two alternatives. Immutable.</summary>
/// <param name="Arm">The first's mean and its variance.</param>
/// <param name="Other">The second's.</param>
/// <param name="Size">The sequence's clock.</param>
internal readonly record struct SequenceTest(WeightedEstimate Arm, WeightedEstimate Other, double Size)
{
    /// <summary>The difference and its variance.</summary>
    public WeightedEstimate Difference => new(Arm.Value - Other.Value, Arm.Variance + Other.Variance);

    /// <summary>The difference in standard errors.</summary>
    public double Z => Difference.Value / Difference.StandardError;

    /// <summary>All participants as one sample: for weights that never changed.</summary>
    public static Estimate<SequenceTest> Pooled(ArmData arm, ArmData other, MetricKind kind)
    {
        var isConversion = kind == MetricKind.Conversion;
        var one = isConversion ? Moments.FromConversions(arm.Participants, arm.Converted) : arm.Totals;
        var two = isConversion ? Moments.FromConversions(other.Participants, other.Converted) : other.Totals;
        var all = (double)arm.Participants + other.Participants;
        var converted = (double)arm.Converted + other.Converted;
        var information = isConversion ? converted * (1 - (converted / all)) : converted;
        return Checked(Mean(one), Mean(two), 4 * (arm.Participants / all) * (other.Participants / all) * information);
    }

    /// <summary>Epoch by epoch: for weights that changed, whatever made them.</summary>
    public static Estimate<SequenceTest> ByEpoch(PairEpochs epochs, MetricKind kind) => StratifiedDifference.LeastVariance(epochs.Epochs)
        .Then(means => Checked(means.Arm, means.Other, epochs.Size(kind == MetricKind.Conversion)));

    private static Estimate<SequenceTest> Checked(WeightedEstimate arm, WeightedEstimate other, double size)
    {
        if (!(arm.Variance + other.Variance > 0))
        {
            return arm.Value == other.Value ? Unavailable.ZeroVariance : Unavailable.ZeroVarianceUnequal;
        }

        var test = new SequenceTest(arm, other, Math.Max(1, size));
        return double.IsFinite(test.Z) && double.IsFinite(test.Z * test.Z) ? test : Reasons.OutOfRange();
    }

    private static WeightedEstimate Mean(Moments totals) => new(totals.Mean, totals.M2 / (totals.Count - 1) / totals.Count);
}
