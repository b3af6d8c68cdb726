using System.Text;

namespace Bandstand.Events;

// Tallies as bytes, for hosts whose daily totals live on another machine.
public sealed partial class MetricTally
{
    private const byte Version = 1;

    /// <summary>The tally's bytes. Little-endian; the first byte is their version.</summary>
    public byte[] ToBytes()
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(Producer);
        writer.Write(Sequence);
        writer.Write7BitEncodedInt(metrics.Count);
        foreach (var metric in metrics)
        {
            writer.Write7BitEncodedInt(metric.Length);
            writer.Write(metric);
        }

        writer.Write7BitEncodedInt(sums.Count);
        foreach (var sum in sums)
        {
            writer.Write7BitEncodedInt(sum.Metric);
            writer.Write(sum.Day);
            writer.Write(sum.Events);
            writer.Write(sum.Total);
            writer.Write(sum.LastAtMs);
        }

        writer.Write7BitEncodedInt(identified.Count);
        foreach (var track in identified)
        {
            writer.Write7BitEncodedInt(track.Metric);
            writer.Write(track.Day);
            writer.Write(track.Value);
            writer.Write(track.AtMs);
            writer.Write(track.Id);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The tally of these bytes.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> answered.</param>
    /// <exception cref="InvalidDataException">They come from a version that this one does not read.</exception>
    public static MetricTally Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new InvalidDataException($"A tally of metrics has version {version}; this program reads version {Version}.");
        }

        var tally = new MetricTally { Producer = reader.ReadUInt64(), Sequence = reader.ReadInt64() };
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            tally.metrics.Add(reader.ReadBytes(reader.Read7BitEncodedInt()));
        }

        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            tally.sums.Add(new MetricDaySum(reader.Read7BitEncodedInt(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadInt64()));
        }

        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            tally.identified.Add(new IdentifiedTrack(reader.Read7BitEncodedInt(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadInt64(), reader.ReadUInt64()));
        }

        return tally;
    }
}
