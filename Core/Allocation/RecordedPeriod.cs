using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>What one period recorded, as common weights would have shown it.</summary>
/// <remarks>
/// Where segments had weights of their own, an alternative's plain mean depends on which segments got it more often. So each segment counts by all of its
/// participants, whatever it was given (direct standardization, as in <see cref="SegmentPolicy"/>), and an alternative counts as many participants as its
/// standardized mean is as certain as: 1/Σ(share²/n). Pure.
/// </remarks>
internal static class RecordedPeriod
{
    /// <summary>By alternative: its figures.</summary>
    /// <param name="recorded">The experiment.</param>
    /// <param name="epochs">The epochs of the period.</param>
    public static MetricStatistics[] Figures(RecordedExperiment recorded, IReadOnlyList<int> epochs) =>
    [
        .. Enumerable.Range(0, recorded.Definition.Alternatives.Count).Select(k => epochs.Count == 1
            ? Plain(recorded, recorded.Epochs[epochs[0]][k])
            : Standardized(recorded, [.. epochs.Select(e => (recorded.Epochs[e].Sum(arm => arm.Participants), recorded.Epochs[e][k]))])),
    ];

    private static MetricStatistics Plain(RecordedExperiment recorded, ArmEpoch arm) => new(arm.Converted, arm.Converted, recorded.TotalsOf(arm))
    {
        Pair = arm.Sides is { } sides ? new PairStatistics(sides.Joint, default) : null,
    };

    private static MetricStatistics Standardized(RecordedExperiment recorded, List<(long People, ArmEpoch Arm)> segments)
    {
        var seen = segments.Where(segment => segment.Arm.Participants > 0).ToList();
        if (seen.Count == 0)
        {
            return Plain(recorded, default);
        }

        double all = seen.Sum(segment => segment.People), mean = 0, converted = 0, square = 0, uncertainty = 0;
        double below = 0, belowSquare = 0, product = 0; // Of a ratio; what is above the line are the totals.
        foreach (var (people, arm) in seen)
        {
            var (share, totals) = (people / all, recorded.TotalsOf(arm));
            mean += share * totals.Mean;
            converted += share * arm.Converted / arm.Participants;
            square += share * totals.M2 / totals.Count;
            uncertainty += share * share / arm.Participants;
            if (arm.Sides is { } sides)
            {
                below += share * sides.Joint.MeanX;
                belowSquare += share * sides.Joint.M2X / totals.Count;
                product += share * sides.Joint.Product / totals.Count;
            }
        }

        var participants = Math.Max(1, (long)Math.Round(1 / uncertainty));
        var whole = Math.Clamp((long)Math.Round(converted * participants), 0, participants);
        return new(whole, whole, recorded.Definition.Primary.Kind == MetricKind.Conversion
            ? Moments.FromConversions(participants, whole)
            : new Moments(participants, mean, square * participants))
        {
            Pair = recorded.IsRatio
                ? new PairStatistics(new JointMoments(participants, below, mean, belowSquare * participants, square * participants, product * participants), default)
                : null,
        };
    }
}
