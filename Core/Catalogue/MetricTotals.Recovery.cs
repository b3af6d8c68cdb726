using System.Text;
using Bandstand.Events;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Catalogue;

// How the totals are written down and read back.
public sealed partial class MetricTotals
{
    private const byte Version = 1;
    private static readonly int Epoch1970 = new DateOnly(1970, 1, 1).DayNumber;
    private MemoryStream? restoring;

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

        return SnapshotParts.Of(state.GetBuffer().AsMemory(0, (int)state.Length));
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
}
