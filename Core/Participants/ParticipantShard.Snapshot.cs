using System.Runtime.InteropServices;
using System.Text;
using Bandstand.Statistics;

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
        WriteCells(to);
        WriteHistory(to, SnapshotSection.Hours, history.Hours);
        WriteHistory(to, SnapshotSection.Days, history.Days);
        WriteProtection(to);
        WriteCohorts(to);
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

    private void WriteCells(SnapshotWriter to)
    {
        to.Begin(SnapshotSection.Cells);
        for (var epoch = 0; epoch < cells.Epochs; epoch++)
        {
            for (var alternative = 0; alternative < Plan.Alternatives; alternative++)
            {
                var cell = cells.Find(new PackedAssignment((byte)alternative, epoch, 0));
                if (cell < 0)
                {
                    continue;
                }

                var record = to.Record(24 + (40 * cells.Metrics));
                record.Varint((ulong)epoch);
                record.Byte((byte)alternative);
                record.Long(cells.Participants(cell));
                for (var i = 0; i < cells.Metrics; i++)
                {
                    ref readonly var metric = ref cells.Metric(cell, i);
                    record.Long(metric.Converted);
                    record.Double(metric.Conversions);
                    record.Long(metric.Totals.Count);
                    record.Double(metric.Totals.Mean);
                    record.Double(metric.Totals.M2);
                }
            }
        }
    }

    private void WriteCohorts(SnapshotWriter to)
    {
        to.Begin(SnapshotSection.Cohorts);
        for (var slot = 0; slot < ruled.Length; slot++)
        {
            if (ruled[slot] is not { } metric)
            {
                continue;
            }

            var marks = to.Record(24);
            marks.Varint((ulong)slot);
            marks.Byte(0);
            marks.Long(metric.Cohorts.Newest);
            marks.Long(metric.Cohorts.Floor);
            for (var epoch = 0; epoch < cells.Epochs; epoch++)
            {
                for (var alternative = 0; alternative < Plan.Alternatives; alternative++)
                {
                    foreach (var (part, cohort) in metric.Cohorts.Of(cells.Find(new PackedAssignment((byte)alternative, epoch, 0))))
                    {
                        var record = to.Record(192);
                        record.Varint((ulong)slot);
                        record.Byte(1);
                        record.Varint((ulong)epoch);
                        record.Byte((byte)alternative);
                        record.Long(part);
                        record.Long(cohort.Participants);
                        record.Long(cohort.Converted);
                        record.Double(cohort.Conversions);
                        Write(record, cohort.Totals);
                        record.Long(cohort.Pair.Count);
                        record.Double(cohort.Pair.MeanX);
                        record.Double(cohort.Pair.MeanY);
                        record.Double(cohort.Pair.M2X);
                        record.Double(cohort.Pair.M2Y);
                        record.Double(cohort.Pair.Product);
                        Write(record, cohort.Rest);
                    }
                }
            }
        }
    }

    private static void Write(ByteWriter to, Moments moments)
    {
        to.Long(moments.Count);
        to.Double(moments.Mean);
        to.Double(moments.M2);
    }

    private void WriteHistory(SnapshotWriter to, SnapshotSection section, IEnumerable<HistoryBucket> buckets)
    {
        to.Begin(section);
        var stride = HistoryBucket.Stride(history.Metrics);
        foreach (var bucket in buckets)
        {
            for (var alternative = 0; alternative < Plan.Alternatives; alternative++)
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

    private void WriteProtection(SnapshotWriter to)
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

        to.Begin(SnapshotSection.Producers);
        foreach (var (producer, window) in producers.All())
        {
            var record = to.Record(24 + (8 * ProducerWindows.WindowWords));
            record.Word(producer);
            record.Long(window.Newest);
            record.Long(window.LastMs);
            record.Bytes(MemoryMarshal.AsBytes(window.Seen));
        }

        to.Begin(SnapshotSection.Forced);
        foreach (var (key, alternative) in forced.OrderBy(f => f.Key))
        {
            var record = to.Record(16);
            record.Word(key);
            record.Varint(alternative);
        }

        to.Begin(SnapshotSection.Ids);
        foreach (var id in ids.All())
        {
            to.Record(8).Word(id);
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

                break;
            case SnapshotSection.Cells:
                ReadCell(ref from);
                break;
            case SnapshotSection.Cohorts:
                ReadCohort(ref from);
                break;
            case SnapshotSection.Hours:
            case SnapshotSection.Days:
            {
                var bucket = history.Restore(section == SnapshotSection.Hours, (long)from.Varint());
                var stride = HistoryBucket.Stride(history.Metrics);
                var alternative = from.Byte();
                Require(alternative < Plan.Alternatives, "names an alternative that is not defined");
                var cell = bucket.Cells.AsSpan(alternative * stride, stride);
                from.Bytes((ulong)(stride * sizeof(double))).CopyTo(MemoryMarshal.AsBytes(cell));
                Require(HistoryBucket.IsSound(cell), "counts what cannot be");
                break;
            }

            case SnapshotSection.Held:
            {
                var key = Key(from.Word());
                var metric = from.Varint(active.Length - 1, "metric");
                held.Add(new HeldTrack(key, metric, from.Double(), from.Long(), from.Long()));
                break;
            }

            case SnapshotSection.Producers:
            {
                var producer = from.Word();
                var window = new ProducerWindow(from.Long()) { LastMs = from.Long() };
                from.Bytes(8 * ProducerWindows.WindowWords).CopyTo(MemoryMarshal.AsBytes(window.Seen));
                producers.Restore(producer, window);
                break;
            }

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

    private void ReadCohort(ref ByteReader from)
    {
        var slot = from.Varint(ruled.Length - 1, "metric");
        Require(ruled[slot] is not null, "has a cohort of a metric without a rule");
        var cohorts = ruled[slot]!.Cohorts;
        if (from.Byte() == 0)
        {
            cohorts.Restore(from.Long(), from.Long());
            return;
        }

        var epoch = from.Varint(Plan.Epoch, "epoch");
        var alternative = from.Byte();
        Require(alternative < Plan.Alternatives, "names an alternative that is not defined");
        var cell = cells.Find(new PackedAssignment(alternative, epoch, 0));
        Require(cell >= 0, "has a cohort of nobody");
        var cohort = cohorts.Restore(cell, from.Long());
        cohort.Participants = from.Long();
        cohort.Converted = from.Long();
        cohort.Conversions = from.Double();
        cohort.Totals = new Moments(from.Long(), from.Double(), from.Double());
        cohort.Pair = new JointMoments(from.Long(), from.Double(), from.Double(), from.Double(), from.Double(), from.Double());
        cohort.Rest = new Moments(from.Long(), from.Double(), from.Double());
        Require(
            cohort.Converted >= 0 && Math.Max(cohort.Converted, Math.Max(cohort.Participants, cohort.Pair.Count)) <= cells.Participants(cell),
            "counts more in a cohort than there are");
    }

    private void ReadCell(ref ByteReader from)
    {
        var epoch = from.Varint(Plan.Epoch, "epoch");
        var alternative = from.Byte();
        Require(alternative < Plan.Alternatives, "names an alternative that is not defined");
        var cell = cells.Get(new PackedAssignment(alternative, epoch, 0));
        var participants = from.Long();
        Require(participants >= 0 && participants <= table.Count, "counts participants who are not there");
        cells.Participants(cell) = participants;
        for (var i = 0; i < cells.Metrics; i++)
        {
            ref var metric = ref cells.Metric(cell, i);
            metric.Converted = from.Long();
            metric.Conversions = from.Double();
            metric.Totals = new Moments(from.Long(), from.Double(), from.Double());
            Require(metric.Converted >= 0 && metric.Converted <= participants, "counts more conversions than participants");
            Require(metric.Totals.Count == (layout.Conversion[i] ? 0 : metric.Converted), "counts totals of nobody");
        }
    }
}
