using System.Text;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;

namespace Bandstand.Grains;

/// <summary>A shard's statistics as bytes, every number bit for bit. Little-endian; the first byte is their version.</summary>
public static class StatisticsCodec
{
    private const byte Version = 1;

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
                    writer.Write(metric.Converted);
                    writer.Write(metric.Conversions);
                    writer.Write(metric.Moments.Count);
                    writer.Write(metric.Moments.Mean);
                    writer.Write(metric.Moments.M2);
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
            List(reader, r => new MetricSlot(r.ReadString(), (MetricKind)r.ReadByte(), r.ReadBoolean())),
            alternatives,
            List(reader, r => new EpochStatistics(
                r.Read7BitEncodedInt(),
                List(r, a => new AlternativeStatistics(
                    a.ReadInt64(),
                    List(a, m => new MetricStatistics(m.ReadInt64(), m.ReadDouble(), new Moments(m.ReadInt64(), m.ReadDouble(), m.ReadDouble()))))))));
    }

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
