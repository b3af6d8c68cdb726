using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Allocation;

/// <summary>What some alternatives did by the primary metric under each set of weights, and how much that counts still. Immutable.</summary>
/// <param name="Moments">By epoch with participants, by alternative.</param>
/// <param name="Factors">By epoch: over 0 and at most 1; null: everything counts 1.</param>
internal sealed record BanditEpochs(IReadOnlyList<Moments[]> Moments, IReadOnlyList<double>? Factors)
{
    // What counts less than this is left out.
    private const double LeastFactor = 1e-9;

    /// <summary>The epochs, or null where figures need not be told apart by them: all that count were made under the same weights, and count alike.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <param name="bandit">The discount and what its intervals are.</param>
    /// <param name="slots">The alternatives.</param>
    public static BanditEpochs? Of(Experiment experiment, ExperimentStatistics statistics, BanditAllocation bandit, int[] slots)
    {
        var all = statistics.Epochs;
        if (all.Count < 2 || all[^1].Epoch >= experiment.Epochs.Length)
        {
            return null; // Or a shard is ahead of this state.
        }

        var metric = experiment.MetricSlotOf(experiment.LastPut.Primary.Id);
        if (Measure(experiment, statistics, metric, slots) is not { } measure)
        {
            return null;
        }

        var discounted = bandit.Discount != 1;
        var factors = discounted ? AllFactors(experiment, statistics, bandit) : null;
        var (moments, kept) = (new List<Moments[]>(), new List<double>());
        var before = -1;
        for (var e = 0; e < all.Count; e++)
        {
            if (factors?[e] < LeastFactor)
            {
                continue;
            }

            Moments[] now = [.. slots.Select(slot => measure(ExperimentArms.Judged(experiment, all[e].Alternatives, slot, metric)))];
            if (Array.TrueForAll(now, m => m.Count == 0))
            {
                continue;
            }

            if (!discounted && before >= 0 && experiment.Epochs[all[before].Epoch].Weights.SequenceEqual(experiment.Epochs[all[e].Epoch].Weights))
            {
                for (var i = 0; i < now.Length; i++)
                {
                    moments[^1][i] += now[i];
                }
            }
            else
            {
                moments.Add(now);
                kept.Add(factors?[e] ?? 1);
            }

            before = e;
        }

        return moments.Count > 1 ? new BanditEpochs(moments, discounted ? kept : null) : null;
    }

    /// <summary>
    /// From participants to the moments of what they are worth. Of a ratio or retention that is its delta method about the ratio of all together, so that
    /// epochs in which hardly anybody is below the line tell what they can; null where nobody is.
    /// </summary>
    private static Func<(long Participants, MetricStatistics Figures), Moments>? Measure(Experiment experiment, ExperimentStatistics statistics, int metric, int[] slots)
    {
        switch (experiment.Metrics[metric].Kind)
        {
            case MetricKind.Conversion:
                return people => Statistics.Moments.FromConversions(people.Participants, people.Figures.Converted);
            case MetricKind.Ratio or MetricKind.Retention:
                var all = slots.Aggregate(default(JointMoments), (sum, slot) => sum + Pair(ExperimentArms.Judged(experiment, statistics.Total, slot, metric)));
                return all.MeanX > 0 ? people => RatioOfTotals.About(all, Pair(people)) : null;
            default:
                return people => people.Figures.Moments;
        }
    }

    private static JointMoments Pair((long Participants, MetricStatistics Figures) people) => people.Figures.Pair?.Joint ?? default;

    /// <summary>By epoch with participants: how much its figures count, by the rebalance intervals that passed since it ended.</summary>
    private static double[] AllFactors(Experiment experiment, ExperimentStatistics statistics, BanditAllocation bandit)
    {
        var factors = new double[statistics.Epochs.Count];
        var since = 0L;
        for (var e = factors.Length - 1; e >= 0; e--)
        {
            var number = statistics.Epochs[e].Epoch;
            var age = number == experiment.Epoch.Number ? 0
                : bandit.EveryAssignments is { } every ? (double)since / Math.Max(every, EpochLimits.LeastAssignments)
                : 1 + ((experiment.Epoch.From - experiment.Epochs[number + 1].From) / bandit.EveryPeriod!.Value);
            factors[e] = Elementary.Exp(age * Elementary.Log(bandit.Discount));
            since += statistics.Epochs[e].Alternatives.Sum(a => a.Participants);
        }

        return factors;
    }
}
