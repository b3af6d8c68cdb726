using System.Runtime.InteropServices;
using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

/// <summary>The history in a snapshot: a record for each hour or day and alternative in which something happened, copied as it lies in memory.</summary>
internal static class SnapshotHistory
{
    public static void Write(SnapshotWriter to, HistoryCells history, int alternatives)
    {
        Write(to, SnapshotSection.Hours, history.Hours, alternatives, HistoryBucket.Stride(history.Metrics));
        Write(to, SnapshotSection.Days, history.Days, alternatives, HistoryBucket.Stride(history.Metrics));
    }

    /// <summary>Takes one record.</summary>
    public static void Read(ref ByteReader from, bool ofHour, HistoryCells history, int alternatives)
    {
        var bucket = history.Restore(ofHour, (long)from.Varint());
        var stride = HistoryBucket.Stride(history.Metrics);
        var cell = bucket.Cells.AsSpan(SnapshotCells.Alternative(ref from, alternatives) * stride, stride);
        from.Bytes((ulong)(stride * sizeof(double))).CopyTo(MemoryMarshal.AsBytes(cell));
        Require(HistoryBucket.IsSound(cell), "counts what cannot be");
    }

    private static void Write(SnapshotWriter to, SnapshotSection section, IEnumerable<HistoryBucket> buckets, int alternatives, int stride)
    {
        to.Begin(section);
        foreach (var bucket in buckets)
        {
            for (var alternative = 0; alternative < alternatives; alternative++)
            {
                var cell = bucket.Cells.AsMemory(alternative * stride, stride);
                if (cell.Span.IndexOfAnyExcept(0.0) >= 0)
                {
                    var record = to.Record(16 + (8 * stride));
                    record.Varint((ulong)bucket.Number);
                    record.Byte((byte)alternative);
                    record.Bytes(MemoryMarshal.AsBytes(cell.Span));
                }
            }
        }
    }
}
