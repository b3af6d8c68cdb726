using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Experiments;

/// <summary>
/// Alternatives by a ratio or retention metric: linearised totals take the place of those above the line, in all and by epoch. Where nothing is below the line
/// there is no ratio, and the alternative is judged as one without participants; everybody is still counted and checked for the sample ratio.
/// </summary>
internal static class RatioArms
{
    /// <summary>The alternative with the ratio as its mean.</summary>
    /// <param name="judged">Those who are judged; pairs in <see cref="ArmData.Covariate"/>.</param>
    /// <param name="everybody">All participants; the same, where the metric has no window.</param>
    /// <param name="hasWindow">Whether the metric has one.</param>
    public static ArmData Of(ArmData judged, ArmData everybody, bool hasWindow)
    {
        var (all, missing) = Totals(everybody.Participants, everybody.Covariate, everybody.Key);
        var (own, reason) = Totals(judged.Participants, judged.Covariate, judged.Key);
        var isDefined = reason is null;
        return judged with
        {
            Participants = isDefined ? judged.Participants : 0,
            Converted = isDefined ? judged.Converted : 0,
            Conversions = isDefined ? judged.Conversions : 0,
            Totals = own,
            Epochs = judged.Epochs is null ? null : [.. judged.Epochs.Select(epoch => (isDefined ? Epoch(epoch, judged.Key) : Nobody(epoch)) with { Sides = Sides(epoch) })],
            Covariate = null,
            Below = Below(judged.Covariate),
            Pending = judged.Pending ?? reason,
            SoFar = new ArmSoFar(everybody.Participants, everybody.Converted, everybody.Conversions, all, everybody.Epochs)
            {
                HasWindow = hasWindow,
                Closed = judged.Participants,
                Missing = missing,
            },
        };
    }

    private static ArmEpoch Epoch(ArmEpoch epoch, string key)
    {
        // Too little below the line for a ratio of the epoch's own: it says nothing of the difference.
        var (totals, reason) = Totals(epoch.Participants, epoch.Covariate, key);
        return reason is null && Below(epoch.Covariate) >= RatioOfTotals.LeastEffective ? epoch with { Totals = totals, Covariate = null } : Nobody(epoch);
    }

    private static ArmEpoch Nobody(ArmEpoch epoch) => new(epoch.Probability, 0, 0) { Origin = epoch.Origin };

    private static RatioSides? Sides(ArmEpoch epoch) => epoch.Covariate is { } pair ? new RatioSides(epoch.Converted, pair.Joint) : null;

    private static (Moments Totals, Unavailable? Reason) Totals(long participants, CovariateSample? pair, string key)
        => participants == 0 || pair is not { } sample ? (default, null)
            : RatioOfTotals.Linearised(sample.Joint, key).TryGet(out var totals, out var reason) ? (totals, null)
            : (default, reason);

    private static double Below(CovariateSample? pair) => pair is { } sample ? RatioOfTotals.Effective(sample.Joint.X) : 0;
}
