using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bandstand.Statistics;

namespace Bandstand.Participants;

// What a fact changes. Deciding and recovering both end here, so both give the same bits.
public sealed partial class ParticipantShard
{
    private static readonly List<HeldTrack> NothingHeld = [];

    private void FoldAssigned(ulong key, byte alternative, int epoch, long atMs, ulong id, nint place, ReadOnlySpan<byte> codes = default)
    {
        if (baseMs < 0)
        {
            // 17.4 years either way of the first one; beyond, a time of assignment is kept as the nearest that can be.
            baseMs = Math.Max(0, atMs - (PackedAssignment.MaxSince / 2));
        }

        var assignment = new PackedAssignment(alternative, epoch, atMs - baseMs);
        ref var row = ref table.Insert(key, place);
        RowFields.SetAssignment(ref row, assignment);
        for (var slot = 0; slot < codes.Length; slot++)
        {
            RowFields.Byte(ref row, layout.Segments[slot]) = codes[slot];
        }

        var cell = cells.Get(assignment);
        cells.Participants(cell)++;
        history.AddParticipant(atMs, alternative);
        var tracks = held.Count == 0 ? NothingHeld : TakeHeld(key);
        if (ruled.Length != 0)
        {
            JoinRuled(ref row, cell, AtMs(assignment), tracks);
        }

        FoldId(id);
        foreach (var track in tracks)
        {
            FoldHeldOf(ref row, track, AtMs(assignment));
        }
    }

    private List<HeldTrack> TakeHeld(ulong key)
    {
        var tracks = new List<HeldTrack>();
        while (held.TryTake(key, out var track))
        {
            tracks.Add(track);
        }

        return tracks;
    }

    /// <summary>What was held of a new participant counts, unless it lies before the assignment. There a covariate is all it can be.</summary>
    private void FoldHeldOf(ref uint row, in HeldTrack track, long assignedAtMs)
    {
        if (track.AtMs >= assignedAtMs && active[track.Metric] && IsCountable(ref row, track.Metric, track.Value, track.AtMs))
        {
            FoldCounted(ref row, track.Metric, track.Value, track.AtMs, 0);
        }
        else if (!IsCovariate(track, assignedAtMs))
        {
            heldDropped++;
        }
    }

    private void FoldCounted(ref uint row, int metric, double value, long atMs, ulong id)
    {
        if (fed[metric] is { } feed)
        {
            FoldFed(ref row, feed, value, atMs);
        }
        else
        {
            FoldPlain(ref row, metric, value, atMs);
        }

        FoldId(id);
    }

    private void FoldPlain(ref uint row, int metric, double value, long atMs)
    {
        var assignment = RowFields.Assignment(ref row);
        ref var cell = ref cells.Metric(cells.Find(assignment), metric);
        var offset = layout.Offsets[metric];
        ref var count = ref RowFields.Word(ref row, offset);
        var first = count == 0;
        cell.Converted += first ? 1 : 0;
        if (layout.Conversion[metric])
        {
            count = ConversionTotal.Add(count, value);
            cell.Conversions += value;
            history.AddEvent(atMs, assignment.Alternative, metric, first, value, value);
        }
        else
        {
            var before = RowFields.Double(ref row, offset + 1);
            var total = before + value;
            count += count == uint.MaxValue ? 0u : 1u;
            RowFields.SetDouble(ref row, offset + 1, total);
            cell.Totals = first ? cell.Totals.Add(total) : cell.Totals.Replace(before, total);
            cell.Conversions++;
            history.AddEvent(atMs, assignment.Alternative, metric, first, 1, value);
        }
    }

    private void FoldHeld(in HeldTrack track, ulong id)
    {
        heldEver++;
        heldDropped += held.Add(track);
        FoldId(id);
    }

    private void FoldExpired(long nowMs) => heldDropped += held.Expire(nowMs);

    private void FoldConflict(ulong id)
    {
        conflicts++;
        FoldId(id);
    }

    private void FoldProducer(ulong producer, long sequence, long nowMs) => producersDropped += producers.Mark(producer, sequence, nowMs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FoldId(ulong id)
    {
        if (id != 0)
        {
            ids.Add(id);
        }
    }

    private void FoldForced(ulong key, int alternative)
    {
        if (alternative < 0)
        {
            forced.Remove(key);
        }
        else
        {
            forced[key] = (byte)alternative;
        }
    }

    private void FoldErased(ulong key)
    {
        forced.Remove(key);
        while (held.TryTake(key, out _))
        {
            heldDropped++;
        }

        ref var row = ref table.Find(key);
        if (Unsafe.IsNullRef(ref row))
        {
            return;
        }

        var index = cells.Find(RowFields.Assignment(ref row));
        cells.Participants(index)--;
        LeaveRuled(ref row, index);
        for (var metric = 0; metric < layout.Offsets.Length; metric++)
        {
            if (IsRuled(metric))
            {
                continue;
            }

            var total = TotalOf(ref row, metric);
            if (total.Converted)
            {
                ref var cell = ref cells.Metric(index, metric);
                cell.Converted--;
                cell.Conversions = cell.Converted == 0 ? 0 : cell.Conversions - total.Conversions;
                if (!layout.Conversion[metric])
                {
                    cell.Totals = cell.Totals.Remove(total.Total);
                }
            }
        }

        table.Remove(key);
    }

    private static short[] Table(ReadOnlyMemory<short> buckets) => MemoryMarshal.TryGetArray(buckets, out var shared) && shared.Offset == 0 ? shared.Array! : buckets.ToArray();

    /// <summary>Puts a plan in force and makes room for what it adds.</summary>
    private void Use(ShardPlan plan)
    {
        var before = layout;
        Plan = plan;
        running = plan.Status == Experiments.ExperimentStatus.Running;
        fallback = (byte)plan.Default;

        // The plan is immutable, so the shards of a process share its buckets.
        buckets = Table(plan.Buckets);
        splitBy = plan.SegmentEpochs.Count == 0 ? 0 : plan.SegmentEpochs[0].Slot;
        segmentEpochs = plan.SegmentEpochs.ToDictionary(own => own.Value, own => (own.Epoch, Table(own.Buckets)), StringComparer.Ordinal);
        removed = plan.Removed.Count == 0 ? new bool[plan.Alternatives] : [.. plan.Removed];
        layout = RowLayout.Of(plan.Metrics, plan.Segments);
        var feeds = MetricFeeds.Of(plan.Metrics, layout);
        active = [.. feeds.Select(feed => feed is not null)];
        fed = [.. feeds.Select(feed => feed is { IsPlain: false } ? feed : null)];
        if (table is null)
        {
            return;
        }

        if (layout.Words != before.Words)
        {
            // Slots are only appended, so an old row is the beginning of the new one.
            table.Widen(layout.Words);
        }

        if (layout.Offsets.Length != before.Offsets.Length)
        {
            cells.Widen(layout.Offsets.Length);
        }

        UseSegments();
        UseRuled(plan.Metrics);
        history.Widen(plan.Alternatives, layout.Offsets.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long AtMs(PackedAssignment assignment) => baseMs + assignment.Since;

    private ParticipantTotal TotalOf(ref uint row, int metric)
    {
        if (IsRuled(metric))
        {
            return ruled[metric]!.TotalOf(ref row);
        }

        if (Plan.Metrics[metric].Kind == Experiments.MetricKind.Event)
        {
            return default;
        }

        var offset = layout.Offsets[metric];
        var count = RowFields.Word(ref row, offset);
        if (layout.Conversion[metric])
        {
            var conversions = ConversionTotal.Value(count);
            return new ParticipantTotal(count != 0, conversions, conversions);
        }

        return new ParticipantTotal(count != 0, count, RowFields.Double(ref row, offset + 1));
    }

    /// <summary>True when statistics can take the value; NaN fails every comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsInRange(ref uint row, int metric, double value)
    {
        if (layout.Conversion[metric])
        {
            return value >= 0 && value <= Moments.MaxMagnitude;
        }

        var total = RowFields.Double(ref row, layout.Offsets[metric] + 1) + value;
        return Math.Abs(total) <= Moments.MaxMagnitude;
    }
}
