using Bandstand.Experiments;
using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>An experiment's statistics over all its shards, by epoch and in all. Immutable.</summary>
/// <param name="Metrics">The metric slots.</param>
/// <param name="Total">By alternative, over all epochs.</param>
/// <param name="Epochs">Epochs that have participants, in order.</param>
public sealed record ExperimentStatistics(
    IReadOnlyList<MetricSlot> Metrics,
    IReadOnlyList<AlternativeStatistics> Total,
    IReadOnlyList<EpochStatistics> Epochs)
{
    /// <summary>Participants over all alternatives and epochs.</summary>
    public long Participants => Total.Sum(a => a.Participants);

    /// <summary>
    /// Merges the shards. The same shards in the same order give the same bits; in another order moments agree to 1e-12 relative.
    /// </summary>
    /// <param name="shards">All shards of the experiment, in order of their number; at least one. They may be one plan apart.</param>
    public static ExperimentStatistics Merge(IReadOnlyList<ShardStatistics> shards)
    {
        ArgumentOutOfRangeException.ThrowIfZero(shards.Count, nameof(shards));
        var metrics = shards.MaxBy(s => s.Metrics.Count)!.Metrics;
        var alternatives = shards.Max(s => s.Alternatives);
        var total = new Sums(alternatives, metrics);
        var epochs = new SortedDictionary<int, Sums>();
        foreach (var shard in shards.Count == 1 ? [] : shards)
        {
            foreach (var epoch in shard.Epochs)
            {
                if (!epochs.TryGetValue(epoch.Epoch, out var sums))
                {
                    epochs.Add(epoch.Epoch, sums = new Sums(alternatives, metrics));
                }

                sums.Add(epoch.Alternatives);
            }
        }

        // Epoch by epoch, so that the total does not depend on how shards interleave them.
        var byEpoch = shards.Count == 1 ? shards[0].Epochs : [.. epochs.Select(e => new EpochStatistics(e.Key, e.Value.Result()))];
        foreach (var epoch in byEpoch)
        {
            total.Add(epoch.Alternatives);
        }

        return new ExperimentStatistics(metrics, total.Result(), byEpoch);
    }

    private sealed class Sums(int alternatives, IReadOnlyList<MetricSlot> metrics)
    {
        private readonly long[] participants = new long[alternatives];
        private readonly MetricStatistics[] sums = new MetricStatistics[alternatives * metrics.Count];

        public void Add(IReadOnlyList<AlternativeStatistics> added)
        {
            for (var a = 0; a < added.Count; a++)
            {
                participants[a] += added[a].Participants;
                for (var m = 0; m < metrics.Count; m++)
                {
                    // A shard that has not heard of a metric yet has no events of it.
                    sums[(a * metrics.Count) + m] += m < added[a].Metrics.Count
                        ? added[a].Metrics[m]
                        : MetricStatistics.Nothing(metrics[m], added[a].Participants);
                }
            }
        }

        public AlternativeStatistics[] Result() => [.. participants.Select((n, a) => new AlternativeStatistics(n, [.. metrics.Select((metric, m) => Exact(metric, n, sums[(a * metrics.Count) + m]))]))];

        // Conversions follow from whole numbers, so nothing accumulates in merging either.
        private static MetricStatistics Exact(MetricSlot metric, long participants, MetricStatistics sum)
            => metric.Kind != MetricKind.Conversion ? sum : sum with
            {
                Moments = Moments.FromConversions(participants, sum.Converted),
                Mature = sum.Mature is { } mature ? mature with { Figures = Exact(metric with { Rule = null }, mature.Participants, mature.Figures) } : null,
            };
    }
}
