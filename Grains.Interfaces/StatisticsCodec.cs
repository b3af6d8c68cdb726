using System.Text;
using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;

namespace Bandstand.Grains;

/// <summary>A shard's statistics as bytes, every number bit for bit. Little-endian; the first byte is their version.</summary>
public static class StatisticsCodec
{
    private const byte Version = 1;
    private const byte HasPair = 1;
    private const byte HasMature = 2;

    /// <summary>The statistics' bytes.</summary>
    public static byte[] Write(ShardStatistics statistics)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Version);
        writer.Write7BitEncodedInt(statistics.Alternatives);
        writer.Write7BitEncodedInt(statistics.Metrics.Count);
        foreach (var metric in statistics.Metrics)
        {
            writer.Write(metric.Id);
            writer.Write((byte)metric.Kind);
            writer.Write(metric.Active);
            Write(writer, metric.Rule);
        }

        writer.Write7BitEncodedInt(statistics.Epochs.Count);
        foreach (var epoch in statistics.Epochs)
        {
            writer.Write7BitEncodedInt(epoch.Epoch);
            writer.Write7BitEncodedInt(epoch.Alternatives.Count);
            foreach (var alternative in epoch.Alternatives)
            {
                writer.Write(alternative.Participants);
                writer.Write7BitEncodedInt(alternative.Metrics.Count);
                foreach (var metric in alternative.Metrics)
                {
                    Write(writer, metric);
                }
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The statistics of these bytes.</summary>
    /// <exception cref="InvalidDataException">They come from a version that this one does not read.</exception>
    public static ShardStatistics Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        if (reader.ReadByte() is var version && version != Version)
        {
            throw new InvalidDataException($"A shard's statistics have version {version}; this silo reads version {Version}. Update every silo.");
        }

        var alternatives = reader.Read7BitEncodedInt();
        return new ShardStatistics(
            List(reader, r => new MetricSlot(r.ReadString(), (MetricKind)r.ReadByte(), r.ReadBoolean(), Rule(r))),
            alternatives,
            List(reader, r => new EpochStatistics(
                r.Read7BitEncodedInt(),
                List(r, a => new AlternativeStatistics(
                    a.ReadInt64(),
                    List(a, Figures))))));
    }

    private static void Write(BinaryWriter writer, MetricStatistics metric)
    {
        writer.Write(metric.Converted);
        writer.Write(metric.Conversions);
        Write(writer, metric.Moments);
        writer.Write((byte)((metric.Pair is null ? 0 : HasPair) | (metric.Mature is null ? 0 : HasMature)));
        if (metric.Pair is { } pair)
        {
            writer.Write(pair.Joint.Count);
            writer.Write(pair.Joint.MeanX);
            writer.Write(pair.Joint.MeanY);
            writer.Write(pair.Joint.M2X);
            writer.Write(pair.Joint.M2Y);
            writer.Write(pair.Joint.Product);
            Write(writer, pair.Rest);
        }

        if (metric.Mature is { } mature)
        {
            writer.Write(mature.Participants);
            Write(writer, mature.Figures);
        }
    }

    private static MetricStatistics Figures(BinaryReader reader)
    {
        var figures = new MetricStatistics(reader.ReadInt64(), reader.ReadDouble(), Numbers(reader));
        var more = reader.ReadByte();
        var pair = (more & HasPair) == 0 ? null : new PairStatistics(
            new JointMoments(reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()),
            Numbers(reader));
        return figures with { Pair = pair, Mature = (more & HasMature) == 0 ? null : new MatureStatistics(reader.ReadInt64(), Figures(reader)) };
    }

    private static void Write(BinaryWriter writer, Moments moments)
    {
        writer.Write(moments.Count);
        writer.Write(moments.Mean);
        writer.Write(moments.M2);
    }

    private static Moments Numbers(BinaryReader reader) => new(reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble());

    private static void Write(BinaryWriter writer, MetricRule? rule) => writer.Write(rule is null ? string.Empty : JsonSerializer.Serialize(rule));

    private static MetricRule? Rule(BinaryReader reader) => reader.ReadString() is { Length: > 0 } json ? JsonSerializer.Deserialize<MetricRule>(json) : null;

    private static T[] List<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.Read7BitEncodedInt()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }
}
