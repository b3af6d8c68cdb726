using System.Runtime.InteropServices;
using System.Text;
using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

// Snapshots and the way back from them. Rows and histories are copied as they lie in memory: little-endian.
public sealed partial class ParticipantShard
{
    // A table that is larger grows on the way: a damaged number must not ask for all the memory there is.
    private const long MaxReserved = 10_000_000;

    private bool inSnapshot;
    private SnapshotSection lastSection;
    private long restoredParts;
    private nint restoredUpTo;
    private ulong restoredKey;

    /// <summary>
    /// The whole state, in parts of at most 1 000 000 bytes. Two shards with the same state give the same bytes, however they came to it.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Snapshot()
    {
        var to = new SnapshotWriter();
        WriteHead(to);
        WriteRows(to);
        SnapshotCells.Write(to, cells, Plan.Alternatives);
        SnapshotHistory.Write(to, history, Plan.Alternatives);
        SnapshotProtection.Write(to, held);
        SnapshotProtection.Write(to, producers);
        SnapshotProtection.Write(to, forced);
        SnapshotProtection.Write(to, ids);
        SnapshotCohorts.Write(to, ruled, cells, Plan.Alternatives);
        return to.Finish(table.Count);
    }

    /// <summary>Takes the next part of a snapshot.</summary>
    /// <param name="part">As <see cref="Snapshot"/> gave it.</param>
    /// <exception cref="InvalidDataException">It is not what was written: this shard must not serve.</exception>
    public void SnapshotPart(ReadOnlySpan<byte> part)
    {
        var section = SnapshotWriter.Open(part, out var from);
        Require(inSnapshot != (section == SnapshotSection.Head) && section >= lastSection, "has a snapshot whose parts are out of order");
        inSnapshot = section != SnapshotSection.End;
        lastSection = section;
        restoredParts++;
        if (section == SnapshotSection.Rows)
        {
            ReadRows(from.Rest());
            return;
        }

        while (!from.AtEnd)
        {
            ReadRecord(section, ref from);
        }
    }

    private void WriteHead(SnapshotWriter to)
    {
        to.Begin(SnapshotSection.Head);
        var plan = ShardPlanCodec.Write(Plan);
        List<byte[]>[] values = [.. segments.Select(codes => codes.Values.Select(Encoding.UTF8.GetBytes).ToList())];
        var record = to.Record(plan.Length + 64 + values.Sum(of => 8 + of.Sum(value => value.Length + 4)));
        record.Varint((ulong)plan.Length);
        record.Bytes(plan);
        record.Long(table.Count);
        record.Long(baseMs);
        record.Long(conflicts);
        record.Long(heldEver);
        record.Long(heldDropped);
        record.Long(producersDropped);
        foreach (var of in values)
        {
            record.Varint((ulong)of.Count);
            foreach (var value in of)
            {
                record.Varint((ulong)value.Length);
                record.Bytes(value);
            }
        }
    }

    private void WriteRows(SnapshotWriter to)
    {
        to.Begin(SnapshotSection.Rows);
        for (var at = table.Next(0); at >= 0; at = table.Next(at + 1))
        {
            to.Record(layout.Words * sizeof(uint)).Bytes(MemoryMarshal.AsBytes(table.Row(at)));
        }
    }

    private void ReadHead(ref ByteReader from)
    {
        Restore(ShardPlanCodec.Read(from.Bytes(from.Varint())));
        table.Reserve(Math.Min(from.Long(), MaxReserved));
        baseMs = from.Long();
        Require(baseMs >= -1 && baseMs <= ShardTime.Max, "begins at no time");
        (conflicts, heldEver, heldDropped, producersDropped) = (from.Long(), from.Long(), from.Long(), from.Long());
        for (var slot = 0; slot < segments.Length; slot++)
        {
            for (var left = from.Varint(SegmentCodes.Most, "segment values"); left > 0; left--)
            {
                RestoreSegment(slot, from.Bytes(from.Varint()));
            }
        }
    }

    private void ReadRows(ReadOnlySpan<byte> bytes)
    {
        var rows = MemoryMarshal.Cast<byte, uint>(bytes);
        Require(bytes.Length == rows.Length * sizeof(uint) && rows.Length % layout.Words == 0, "has a row cut short");
        for (; !rows.IsEmpty; rows = rows[layout.Words..])
        {
            var key = ParticipantTable.KeyOf(rows);
            Require(key > restoredKey, "has its rows out of order");
            restoredKey = key;
            ref var row = ref table.Append(key, ref restoredUpTo);
            rows[..layout.Words].CopyTo(MemoryMarshal.CreateSpan(ref row, layout.Words));
            var assignment = RowFields.Assignment(ref row);
            Require(assignment.Alternative < Plan.Alternatives && assignment.Epoch <= Plan.Epoch, "assigns what is not defined");
            for (var slot = 0; slot < segments.Length; slot++)
            {
                Require(segments[slot].Knows(CodeOf(ref row, slot)), "has a segment that was never met");
            }
        }
    }

    private void ReadRecord(SnapshotSection section, ref ByteReader from)
    {
        switch (section)
        {
            case SnapshotSection.Head:
                ReadHead(ref from);
                break;
            case SnapshotSection.Cells:
                SnapshotCells.Read(ref from, cells, Plan, layout, table.Count);
                break;
            case SnapshotSection.Cohorts:
                SnapshotCohorts.Read(ref from, ruled, cells, Plan);
                break;
            case SnapshotSection.Hours:
            case SnapshotSection.Days:
                SnapshotHistory.Read(ref from, section == SnapshotSection.Hours, history, Plan.Alternatives);
                break;
            case SnapshotSection.Held:
                held.Add(SnapshotProtection.ReadHeld(ref from, active.Length));
                break;
            case SnapshotSection.Producers:
                SnapshotProtection.ReadProducer(ref from, producers);
                break;
            case SnapshotSection.Forced:
                FoldForced(Key(from.Word()), from.Varint(Plan.Alternatives - 1, "forced alternative"));
                break;
            case SnapshotSection.Ids:
                ids.Add(from.Word());
                break;
            case SnapshotSection.End:
                Require(from.Long() == restoredParts, "has lost a part of a snapshot");
                Require(from.Long() == table.Count && cells.AllParticipants == table.Count, "has lost rows");
                break;
            default:
                throw new InvalidDataException($"A shard's snapshot holds a section of unknown kind {(byte)section}.");
        }
    }
}
