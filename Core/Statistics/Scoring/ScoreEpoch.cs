using Bandstand.Experiments;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Statistics.Scoring;

/// <summary>What was seen under one set of weights, epochs of everybody that follow one another with the same weights as one. Immutable.</summary>
/// <param name="Origin">Where the weights come from; null where they are not known.</param>
/// <param name="Alternatives">In definition order.</param>
public sealed record ScoreEpoch(EpochOrigin? Origin, IReadOnlyList<ScoreEpochRow> Alternatives)
{
    /// <summary>The figures by set of weights: of a metric with a window those of participants whose windows are closed.</summary>
    /// <param name="arms">The alternatives in definition order.</param>
    /// <param name="kind">What kind of totals the metric makes.</param>
    internal static IReadOnlyList<ScoreEpoch> Of(IReadOnlyList<ArmData> arms, MetricKind kind)
    {
        var byArm = arms.Select(arm => arm.ByEpoch()).ToList();
        return [.. Enumerable.Range(0, byArm[0].Count).Select(e => new ScoreEpoch(byArm[0][e].Origin, [.. arms.Select((arm, k) => Row(arm.Key, byArm[k][e]))]))];

        ScoreEpochRow Row(string key, ArmEpoch epoch)
        {
            if (epoch.Sides is { } sides)
            {
                return OfRatio(key, epoch, sides);
            }

            var totals = PairEpochs.Totals(epoch, kind);
            return new(
                key,
                double.IsNaN(epoch.Probability) ? null : epoch.Probability,
                epoch.Participants,
                epoch.Converted,
                epoch.Participants == 0 ? null : totals.Mean,
                totals.StandardDeviation);
        }
    }

    private static ScoreEpochRow OfRatio(string key, ArmEpoch epoch, RatioSides sides)
    {
        var (joint, linear) = (sides.Joint, RatioOfTotals.Linearised(sides.Joint, key));
        var isDefined = linear.TryGet(out var totals, out _);
        return new(
            key,
            double.IsNaN(epoch.Probability) ? null : epoch.Probability,
            joint.Count,
            sides.Converted,
            isDefined ? totals.Mean : null,
            isDefined ? totals.StandardDeviation : null)
        {
            Sides = joint,
        };
    }
}

/// <summary>What one alternative saw under one set of weights. Immutable.</summary>
/// <param name="Alternative">Its key.</param>
/// <param name="Probability">With which participants were assigned to it, among the alternatives there are now, 0 to 1; null when unknown.</param>
/// <param name="Participants">Participants first assigned under these weights.</param>
/// <param name="Converted">Those of them with at least one event of the metric, whenever it came.</param>
/// <param name="Mean">Their mean total; null without participants.</param>
/// <param name="StdDev">The standard deviation of their totals; null for fewer than two.</param>
public sealed record ScoreEpochRow(string Alternative, double? Probability, long Participants, long Converted, double? Mean, double? StdDev)
{
    /// <summary>Of ratio and retention metrics, whose mean is the ratio: below the line (x) and above it (y), of each participant. Null for other metrics.</summary>
    public JointMoments? Sides { get; init; }
}
