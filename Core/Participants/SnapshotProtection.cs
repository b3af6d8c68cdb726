using System.Runtime.InteropServices;
using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

/// <summary>What a snapshot holds beside participants: events that wait for somebody, producers, forced identities and event ids.</summary>
internal static class SnapshotProtection
{
    public static void Write(SnapshotWriter to, HeldTracks held)
    {
        to.Begin(SnapshotSection.Held);
        foreach (var track in held.All())
        {
            var record = to.Record(48);
            record.Word(track.Key);
            record.Varint((ulong)track.Metric);
            record.Double(track.Value);
            record.Long(track.AtMs);
            record.Long(track.ArrivedMs);
        }
    }

    public static void Write(SnapshotWriter to, ProducerWindows producers)
    {
        to.Begin(SnapshotSection.Producers);
        foreach (var (producer, window) in producers.All())
        {
            var record = to.Record(24 + (8 * ProducerWindows.WindowWords));
            record.Word(producer);
            record.Long(window.Newest);
            record.Long(window.LastMs);
            record.Bytes(MemoryMarshal.AsBytes(window.Seen));
        }
    }

    public static void Write(SnapshotWriter to, IReadOnlyDictionary<ulong, byte> forced)
    {
        to.Begin(SnapshotSection.Forced);
        foreach (var (key, alternative) in forced.OrderBy(f => f.Key))
        {
            var record = to.Record(16);
            record.Word(key);
            record.Varint(alternative);
        }
    }

    public static void Write(SnapshotWriter to, IdWindow ids)
    {
        to.Begin(SnapshotSection.Ids);
        foreach (var id in ids.All())
        {
            to.Record(8).Word(id);
        }
    }

    /// <summary>One event that waits.</summary>
    public static HeldTrack ReadHeld(ref ByteReader from, int metrics)
    {
        var key = Key(from.Word());
        var metric = from.Varint(metrics - 1, "metric");
        return new HeldTrack(key, metric, from.Double(), from.Long(), from.Long());
    }

    /// <summary>One producer.</summary>
    public static void ReadProducer(ref ByteReader from, ProducerWindows producers)
    {
        var producer = from.Word();
        var window = new ProducerWindow(from.Long()) { LastMs = from.Long() };
        from.Bytes(8 * ProducerWindows.WindowWords).CopyTo(MemoryMarshal.AsBytes(window.Seen));
        producers.Restore(producer, window);
    }
}
