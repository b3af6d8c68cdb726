using System.Text.Json;
using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>A shard's statistics as bytes, every number bit for bit. Little-endian; the first byte is their version. Thread-safe.</summary>
public static class ShardStatisticsCodec
{
    private const byte Version = 1;
    private const byte HasPair = 1;
    private const byte HasMature = 2;

    /// <summary>The statistics' bytes.</summary>
    /// <param name="statistics">The statistics.</param>
    public static byte[] Write(ShardStatistics statistics)
    {
        var to = new ByteWriter();
        to.Byte(Version);
        to.Varint((ulong)statistics.Alternatives);
        to.Varint((ulong)statistics.Metrics.Count);
        foreach (var metric in statistics.Metrics)
        {
            to.Text(metric.Id);
            to.Byte((byte)metric.Kind);
            to.Byte(metric.Active ? (byte)1 : (byte)0);
            to.Text(metric.Rule is null ? string.Empty : JsonSerializer.Serialize(metric.Rule));
        }

        to.Varint((ulong)statistics.Epochs.Count);
        foreach (var epoch in statistics.Epochs)
        {
            to.Varint((ulong)epoch.Epoch);
            to.Varint((ulong)epoch.Alternatives.Count);
            foreach (var alternative in epoch.Alternatives)
            {
                to.Long(alternative.Participants);
                to.Varint((ulong)alternative.Metrics.Count);
                foreach (var metric in alternative.Metrics)
                {
                    Write(to, metric);
                }
            }
        }

        return to.Written.ToArray();
    }

    /// <summary>The statistics of these bytes.</summary>
    /// <param name="bytes">From <see cref="Write(ShardStatistics)"/>.</param>
    /// <exception cref="InvalidDataException">They come from a version that this one does not read, or are cut short.</exception>
    public static ShardStatistics Read(byte[] bytes)
    {
        var from = new ByteReader(bytes);
        if (from.Byte() is var version && version != Version)
        {
            throw new InvalidDataException($"A shard's statistics have version {version}; this silo reads version {Version}. Update every silo.");
        }

        var alternatives = (int)from.Varint();
        var metrics = List(ref from, static (ref ByteReader of) => new MetricSlot(of.Text(), (MetricKind)of.Byte(), of.Byte() != 0, Rule(of.Text())));
        return new ShardStatistics(metrics, alternatives, List(ref from, Epoch));
    }

    private static EpochStatistics Epoch(ref ByteReader from) => new((int)from.Varint(), List(ref from, Alternative));

    private static AlternativeStatistics Alternative(ref ByteReader from) => new(from.Long(), List(ref from, Figures));

    private static void Write(ByteWriter to, MetricStatistics metric)
    {
        to.Long(metric.Converted);
        to.Double(metric.Conversions);
        to.Moments(metric.Moments);
        to.Byte((byte)((metric.Pair is null ? 0 : HasPair) | (metric.Mature is null ? 0 : HasMature)));
        if (metric.Pair is { } pair)
        {
            to.Joint(pair.Joint);
            to.Moments(pair.Rest);
        }

        if (metric.Mature is { } mature)
        {
            to.Long(mature.Participants);
            Write(to, mature.Figures);
        }
    }

    private static MetricStatistics Figures(ref ByteReader from)
    {
        var figures = new MetricStatistics(from.Long(), from.Double(), from.Moments());
        var more = from.Byte();
        var pair = (more & HasPair) == 0 ? null : new PairStatistics(from.Joint(), from.Moments());
        return figures with { Pair = pair, Mature = (more & HasMature) == 0 ? null : new MatureStatistics(from.Long(), Figures(ref from)) };
    }

    private static MetricRule? Rule(string json) => json.Length == 0 ? null : JsonSerializer.Deserialize<MetricRule>(json);

    private delegate T Reading<T>(ref ByteReader from);

    private static T[] List<T>(ref ByteReader from, Reading<T> read)
    {
        var items = new T[from.Varint()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(ref from);
        }

        return items;
    }
}
