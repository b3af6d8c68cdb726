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
public sealed class MetricTotals : IJournalReplay
{
    /// <summary>The most metrics that are kept.</summary>
    public const int MaxMetrics = 10_000;

    private const byte Version = 1;
    private const int PartBytes = 1 << 20;
    private readonly SortedDictionary<string, MetricTotal> metrics = new(StringComparer.Ordinal);
    private readonly ProducerWindows producers = new();
    private readonly IdWindow ids = new();
    private MemoryStream? restoring;

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

    /// <summary>The whole state, in parts of at most 1 MB.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Snapshot()
    {
        var state = new MemoryStream();
        using (var writer = new BinaryWriter(state, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(metrics.Count);
            foreach (var (name, total) in metrics)
            {
                writer.Write(name);
                writer.Write(total.LastAtMs);
                writer.Write(total.Days.Count);
                foreach (var (day, (events, sum)) in total.Days)
                {
                    writer.Write(day);
                    writer.Write(events);
                    writer.Write(sum);
                }
            }

            writer.Write(producers.Count);
            foreach (var (producer, window) in producers.All())
            {
                writer.Write(producer);
                writer.Write(window.Newest);
                writer.Write(window.LastMs);
                foreach (var word in window.Seen)
                {
                    writer.Write(word);
                }
            }

            writer.Write(ids.Count);
            foreach (var id in ids.All())
            {
                writer.Write(id);
            }
        }

        var whole = state.GetBuffer().AsMemory(0, (int)state.Length);
        var parts = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < whole.Length; at += PartBytes)
        {
            parts.Add(whole[at..Math.Min(whole.Length, at + PartBytes)]);
        }

        return parts;
    }

    /// <inheritdoc/>
    public void Begin()
    {
        metrics.Clear();
        producers.Clear();
        ids.Clear();
        restoring = null;
    }

    /// <inheritdoc/>
    public void SnapshotPart(ReadOnlySpan<byte> part)
    {
        restoring ??= new MemoryStream();
        restoring.Write(part);
    }

    /// <inheritdoc/>
    public void Entry(ReadOnlySpan<byte> entry)
    {
        Restore();
        using var reader = new BinaryReader(new MemoryStream(entry.ToArray()), Encoding.UTF8);
        CheckVersion(reader.ReadByte());
        var nowMs = reader.ReadInt64();
        var producer = reader.ReadUInt64();
        var sequence = reader.ReadInt64();
        if (producer != 0)
        {
            producers.Mark(producer, sequence, nowMs);
        }

        var names = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetString(reader.ReadBytes(reader.Read7BitEncodedInt()));
        }

        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            Add(names, Read(reader));
        }

        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var sum = Read(reader);
            ids.Add(reader.ReadUInt64());
            Add(names, sum);
        }
    }

    /// <inheritdoc/>
    public void End() => Restore();

    private static readonly int Epoch1970 = new DateOnly(1970, 1, 1).DayNumber;

    private void Restore()
    {
        if (restoring is null)
        {
            return;
        }

        restoring.Position = 0;
        using var reader = new BinaryReader(restoring, Encoding.UTF8);
        CheckVersion(reader.ReadByte());
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var total = new MetricTotal();
            metrics.Add(reader.ReadString(), total);
            total.LastAtMs = reader.ReadInt64();
            for (var days = reader.ReadInt32(); days > 0; days--)
            {
                total.Days.Add(reader.ReadInt32(), (reader.ReadInt64(), reader.ReadDouble()));
            }
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var producer = reader.ReadUInt64();
            var window = new ProducerWindow(reader.ReadInt64()) { LastMs = reader.ReadInt64() };
            for (var word = 0; word < ProducerWindows.WindowWords; word++)
            {
                window.Seen[word] = reader.ReadUInt64();
            }

            producers.Restore(producer, window);
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            ids.Add(reader.ReadUInt64());
        }

        restoring = null;
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

    private static void Write(BinaryWriter writer, MetricDaySum sum)
    {
        writer.Write7BitEncodedInt(sum.Metric);
        writer.Write7BitEncodedInt(sum.Day);
        writer.Write7BitEncodedInt64(sum.Events);
        writer.Write(sum.Total);
        writer.Write(sum.LastAtMs);
    }

    private static MetricDaySum Read(BinaryReader reader) => new(
        reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64(), reader.ReadDouble(), reader.ReadInt64());

    private static void CheckVersion(byte version)
    {
        if (version != Version)
        {
            throw new InvalidDataException($"The metric totals were written by another version ({version}; this one reads {Version}). Use the Bandstand that wrote them or a newer one.");
        }
    }

    private sealed class MetricTotal
    {
        public SortedDictionary<int, (long Events, double Total)> Days { get; } = [];

        public long LastAtMs { get; set; }
    }
}
