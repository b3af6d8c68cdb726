using Bandstand.Experiments;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>Two alternatives by epoch, with the probability of the first among the two.</summary>
internal sealed class PairEpochs
{
    /// <summary>The two by epoch, those left out in which neither could be drawn and neither has anybody.</summary>
    public PairEpochs(ArmData arm, ArmData other, MetricKind kind)
    {
        var (one, two) = (arm.ByEpoch(), other.ByEpoch());
        var epochs = new List<PairEpoch>(one.Count);
        var labels = new List<LabelStratum>(one.Count);
        for (var e = 0; e < one.Count; e++)
        {
            var pair = one[e].Probability + two[e].Probability;
            if (pair == 0 && one[e].Participants + two[e].Participants == 0)
            {
                continue;
            }

            var share = pair == 0 ? double.NaN : one[e].Probability / pair;
            IsKnown &= !double.IsNaN(share);
            epochs.Add(new PairEpoch(share, Totals(one[e], kind), Totals(two[e], kind)));
            labels.Add(new LabelStratum(share, one[e].Converted, two[e].Converted));
        }

        Epochs = epochs;
        Labels = labels;

        // Epochs with too little below a ratio's line are taken as empty, but their participants are part of the whole.
        var isRatio = arm.Below is not null || other.Below is not null;
        var first = double.NaN;
        for (var e = 0; IsKnown && !HasChanged && e < epochs.Count; e++)
        {
            if (isRatio || epochs[e].Participants > 0)
            {
                HasChanged = epochs[e].Probability != first && !double.IsNaN(first);
                first = epochs[e].Probability;
            }
        }
    }

    /// <summary>Whether all probabilities are known.</summary>
    public bool IsKnown { get; } = true;

    /// <summary>Whether participants were assigned with different probabilities.</summary>
    public bool HasChanged { get; }

    /// <summary>The totals by epoch.</summary>
    public IReadOnlyList<PairEpoch> Epochs { get; }

    /// <summary>The converters by epoch.</summary>
    public IReadOnlyList<LabelStratum> Labels { get; }

    /// <summary>
    /// Participants with an event that the difference rests on, scaled to an even split: 4n₁n₂/n² of them in each epoch, for
    /// conversions times 1 − rate.
    /// </summary>
    /// <param name="isConversion">Whether the metric is one.</param>
    public double Size(bool isConversion)
    {
        var size = 0.0;
        for (var e = 0; e < Epochs.Count; e++)
        {
            if (Epochs[e].Overlap > 0)
            {
                var rate = (double)(Labels[e].Inside + Labels[e].Outside) / Epochs[e].Participants;
                size += 4 * Epochs[e].Overlap * rate * (isConversion ? 1 - rate : 1);
            }
        }

        return size;
    }

    /// <summary>The moments of an epoch's totals, whatever the metric's kind.</summary>
    public static Moments Totals(ArmEpoch epoch, MetricKind kind) =>
        kind == MetricKind.Conversion ? Moments.FromConversions(epoch.Participants, epoch.Converted) : epoch.Totals;
}
