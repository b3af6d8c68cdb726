using System.Text;
using Bandstand.Events;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Catalogue;

/// <summary>
/// Daily totals of every metric, whoever participates in what: a small actor beside the experiments. A batch that was
/// counted before, and an event whose id was, counts nothing.
/// </summary>
/// <remarks>
/// Not thread-safe: one owner, one turn at a time. It holds at most <see cref="MaxMetrics"/> metrics; further ones are
/// counted where they participate but have no daily totals.
/// </remarks>
public sealed partial class MetricTotals : IJournalReplay
{
    /// <summary>The most metrics that are kept.</summary>
    public const int MaxMetrics = 10_000;

    private readonly SortedDictionary<string, MetricTotal> metrics = new(StringComparer.Ordinal);
    private readonly ProducerWindows producers = new();
    private readonly IdWindow ids = new();

    /// <summary>Whether a producer's batch was counted before.</summary>
    /// <param name="producer">Hash of the producer's name, or 0.</param>
    /// <param name="sequence">Its sequence.</param>
    /// <param name="nowMs">The time of arrival.</param>
    public ProducerVerdict CheckProducer(ulong producer, long sequence, long nowMs) =>
        producer == 0 ? ProducerVerdict.New : producers.Check(producer, sequence, nowMs);

    /// <summary>Counts a batch.</summary>
    /// <param name="tally">What the batch adds.</param>
    /// <param name="nowMs">The time of arrival, ms since 1970.</param>
    /// <returns>The journal entry; empty when nothing changed.</returns>
    public ReadOnlyMemory<byte> Apply(MetricTally tally, long nowMs)
    {
        if (tally.IsEmpty || CheckProducer(tally.Producer, tally.Sequence, nowMs) != ProducerVerdict.New)
        {
            return default;
        }

        var entry = new MemoryStream(64);
        using (var writer = new BinaryWriter(entry, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(nowMs);
            writer.Write(tally.Producer);
            writer.Write(tally.Sequence);
            writer.Write7BitEncodedInt(tally.Metrics.Count);
            foreach (var metric in tally.Metrics)
            {
                writer.Write7BitEncodedInt(metric.Length);
                writer.Write(metric);
            }

            writer.Write7BitEncodedInt(tally.Sums.Count);
            foreach (var sum in tally.Sums)
            {
                Write(writer, sum);
            }

            var fresh = tally.Identified.Where(track => !ids.Contains(track.Id)).DistinctBy(track => track.Id).ToList();
            writer.Write7BitEncodedInt(fresh.Count);
            foreach (var track in fresh)
            {
                Write(writer, new MetricDaySum(track.Metric, track.Day, 1, track.Value, track.AtMs));
                writer.Write(track.Id);
            }
        }

        var written = entry.GetBuffer().AsMemory(0, (int)entry.Length);
        Entry(written.Span);
        return written;
    }

    /// <summary>Ids of the metrics that were ever tracked, in order, with the time of the latest event.</summary>
    public IReadOnlyList<KeyValuePair<string, DateTimeOffset>> Known() =>
        [.. metrics.Select(metric => KeyValuePair.Create(metric.Key, DateTimeOffset.FromUnixTimeMilliseconds(metric.Value.LastAtMs)))];

    /// <summary>Whether an event of this metric ever counted.</summary>
    /// <param name="metric">The metric's id.</param>
    public bool Knows(string metric) => metrics.ContainsKey(metric);

    /// <summary>Totals of a metric day by day, both ends included; days without events are 0.</summary>
    /// <param name="metric">The metric's id.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day, not before <paramref name="from"/>.</param>
    public IReadOnlyList<MetricDay> Values(string metric, DateOnly from, DateOnly to)
    {
        var days = metrics.TryGetValue(metric, out var total) ? total.Days : [];
        var values = new List<MetricDay>(to.DayNumber - from.DayNumber + 1);
        for (var day = from; ; day = day.AddDays(1))
        {
            var (events, sum) = days.GetValueOrDefault(day.DayNumber - Epoch1970);
            values.Add(new MetricDay(day, events, sum));
            if (day >= to)
            {
                return values;
            }
        }
    }

    private void Add(string[] names, MetricDaySum sum)
    {
        if (!metrics.TryGetValue(names[sum.Metric], out var total))
        {
            if (metrics.Count >= MaxMetrics)
            {
                return;
            }

            metrics.Add(names[sum.Metric], total = new MetricTotal());
        }

        var (events, all) = total.Days.GetValueOrDefault(sum.Day);
        total.Days[sum.Day] = (events + sum.Events, all + sum.Total);
        total.LastAtMs = Math.Max(total.LastAtMs, sum.LastAtMs);
    }

    private sealed class MetricTotal
    {
        public SortedDictionary<int, (long Events, double Total)> Days { get; } = [];

        public long LastAtMs { get; set; }
    }
}
