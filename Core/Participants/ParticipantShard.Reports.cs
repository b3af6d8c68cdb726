using Bandstand.Statistics;

namespace Bandstand.Participants;

// What is read out of a shard.
public sealed partial class ParticipantShard
{
    /// <summary>The statistics as they are now.</summary>
    /// <param name="nowMs">Now, in milliseconds since 1970: metrics with a window tell by it whose windows are closed. Nothing else depends on it.</param>
    public ShardStatistics Statistics(long nowMs) => Statistics(cells, ruled, nowMs);

    private ShardStatistics Statistics(StatisticsCells cells, RuledMetric?[] ruled, long nowMs)
    {
        var epochs = new List<EpochStatistics>();
        for (var epoch = 0; epoch < cells.Epochs; epoch++)
        {
            var alternatives = new AlternativeStatistics[Plan.Alternatives];
            long participants = 0;
            for (var alternative = 0; alternative < alternatives.Length; alternative++)
            {
                alternatives[alternative] = StatisticsOf(cells, ruled, cells.Find(new PackedAssignment((byte)alternative, epoch, 0)), nowMs);
                participants += alternatives[alternative].Participants;
            }

            if (participants > 0)
            {
                epochs.Add(new EpochStatistics(epoch, alternatives));
            }
        }

        return new ShardStatistics(Plan.Metrics, Plan.Alternatives, epochs);
    }

    /// <summary>The history as it is now.</summary>
    public ShardHistory History() => new(
        [.. history.Hours.SelectMany(b => HistoryOf(b, HistoryCells.HourMs))],
        [.. history.Days.SelectMany(b => HistoryOf(b, HistoryCells.DayMs))]);

    /// <summary>What somebody who runs the experiment may want to look into.</summary>
    public ShardHealth Health() => new(conflicts, held.Count, heldEver, heldDropped, forced.Count, producers.Count, producersDropped, ids.Count);

    private AlternativeStatistics StatisticsOf(StatisticsCells cells, RuledMetric?[] ruled, int cell, long nowMs)
    {
        var metrics = new MetricStatistics[layout.Offsets.Length];
        if (cell < 0)
        {
            for (var i = 0; i < metrics.Length; i++)
            {
                metrics[i] = MetricStatistics.Nothing(Plan.Metrics[i], 0);
            }

            return new AlternativeStatistics(0, metrics);
        }

        var participants = cells.Participants(cell);
        for (var i = 0; i < metrics.Length; i++)
        {
            if (IsRuled(i))
            {
                metrics[i] = ruled[i]!.Statistics(cell, participants, nowMs);
                continue;
            }

            ref readonly var metric = ref cells.Metric(cell, i);
            var moments = layout.Conversion[i]
                ? Moments.FromConversions(participants, metric.Converted)
                : metric.Totals + new Moments(participants - metric.Converted, 0, 0);
            metrics[i] = new MetricStatistics(metric.Converted, metric.Conversions, moments);
        }

        return new AlternativeStatistics(participants, metrics);
    }

    private IEnumerable<HistoryCell> HistoryOf(HistoryBucket bucket, long unitMs)
    {
        var metrics = layout.Offsets.Length;
        var stride = HistoryBucket.Stride(metrics);
        for (var alternative = 0; alternative < Plan.Alternatives; alternative++)
        {
            var cell = bucket.Cells.AsMemory(alternative * stride, stride);
            if (cell.Span.IndexOfAnyExcept(0.0) >= 0)
            {
                var gains = new HistoryGain[metrics];
                for (var m = 0; m < metrics; m++)
                {
                    var of = cell.Span.Slice(1 + (3 * m), 3);
                    gains[m] = new HistoryGain((long)of[0], of[1], of[2]);
                }

                yield return new HistoryCell(bucket.Number * unitMs, alternative, (long)cell.Span[0], gains);
            }
        }
    }
}
