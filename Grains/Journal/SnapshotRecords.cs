using System.Buffers.Binary;
using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>
/// Snapshots as records: the number of parts and the parts, each behind its length, as one stream cut into records of even
/// size. A record is its checksum and its share of the stream.
/// </summary>
internal static class SnapshotRecords
{
    private const int AtOnce = 4;
    private const int LengthBytes = 4;

    /// <summary>Writes a snapshot under names never used before. It counts only once a head names it.</summary>
    public static async Task<SnapshotReference> Write(
        JournalRecords records, SnapshotId id, IReadOnlyList<ReadOnlyMemory<byte>> parts, int recordBytes, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        var count = 0;
        var writes = new List<Task>(AtOnce);
        foreach (var record in Cut(parts, recordBytes))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (writes.Count == AtOnce)
            {
                await Task.WhenAll(writes).ConfigureAwait(false);
                writes.Clear();
            }

            var name = id.RecordName(count++);
            RecordChecksum.Seal(record, records.Actor, name);
            bytes += record.Length - RecordChecksum.Bytes;
            writes.Add(records.Write(name, record, null));
        }

        await Task.WhenAll(writes).ConfigureAwait(false);
        return new SnapshotReference(id, count, bytes);
    }

    /// <summary>Feeds the parts of a snapshot.</summary>
    /// <exception cref="JournalDamagedException">A record is missing or is not what was written.</exception>
    public static async Task Read(JournalRecords records, SnapshotReference snapshot, IJournalReplay replay, CancellationToken cancellationToken)
    {
        var parts = new PartReader(replay);
        for (var first = 0; first < snapshot.Records; first += AtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var names = Enumerable.Range(first, Math.Min(AtOnce, snapshot.Records - first)).Select(snapshot.Id.RecordName).ToArray();
            var stored = await Task.WhenAll(names.Select(records.Read)).ConfigureAwait(false);
            foreach (var (name, record) in names.Zip(stored))
            {
                if (record.Bytes is null || !RecordChecksum.Holds(record.Bytes, records.Actor, name))
                {
                    throw RecordChecksum.Damaged(records.Actor, name);
                }

                parts.Feed(record.Bytes.AsSpan(RecordChecksum.Bytes));
            }
        }

        if (!parts.IsComplete)
        {
            throw RecordChecksum.Damaged(records.Actor, snapshot.Id.RecordName(snapshot.Records - 1));
        }
    }

    /// <summary>Deletes the records of a snapshot that no head names any more. May be repeated when it was interrupted.</summary>
    public static async Task Clear(JournalRecords records, SnapshotId id, CancellationToken cancellationToken)
    {
        var found = new Stack<(string Name, StoredRecord Record)>();

        // Its owner may have stopped while several were being written, so a gap is no end.
        for (var (i, missing) = (0, 0); missing < AtOnce; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = id.RecordName(i);
            var record = await records.Read(name).ConfigureAwait(false);
            missing = record.Bytes is null ? missing + 1 : 0;
            if (record.Bytes is not null)
            {
                found.Push((name, record with { Bytes = [] }));
            }
        }

        // The last first, so that a repetition finds what is left.
        foreach (var (name, record) in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await records.Clear(name, record).ConfigureAwait(false);
        }
    }

    private static IEnumerable<byte[]> Cut(IReadOnlyList<ReadOnlyMemory<byte>> parts, int recordBytes)
    {
        var left = LengthBytes + parts.Sum(part => (long)LengthBytes + part.Length);
        var record = Array.Empty<byte>();
        var at = 0;
        foreach (var piece in Stream(parts))
        {
            for (var rest = piece; rest.Length > 0;)
            {
                if (at == record.Length)
                {
                    record = new byte[RecordChecksum.Bytes + (int)Math.Min(left, recordBytes - RecordChecksum.Bytes)];
                    at = RecordChecksum.Bytes;
                }

                var taken = Math.Min(rest.Length, record.Length - at);
                rest[..taken].CopyTo(record.AsMemory(at));
                rest = rest[taken..];
                at += taken;
                left -= taken;
                if (at == record.Length)
                {
                    yield return record;
                }
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Stream(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        yield return Number(parts.Count);
        foreach (var part in parts)
        {
            yield return Number(part.Length);
            yield return part;
        }
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
