using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bandstand.Statistics;

namespace Bandstand.Participants;

// What a fact changes. Deciding and recovering both end here, so both give the same bits.
public sealed partial class ParticipantShard
{
    private void FoldAssigned(ulong key, byte alternative, int epoch, long atMs, ulong id, nint at)
    {
        if (baseMs < 0)
        {
            // 17.4 years either way of the first one; beyond, a time of assignment is kept as the nearest that can be.
            baseMs = Math.Max(0, atMs - (PackedAssignment.MaxSince / 2));
        }

        var assignment = new PackedAssignment(alternative, epoch, atMs - baseMs);
        at = table.Insert(key, at);
        table.SetLong(at + RowLayout.Assignment, assignment.Bits);
        cells.Participants(cells.Get(assignment))++;
        history.AddParticipant(atMs, alternative);
        FoldId(id);
        if (held.Count != 0)
        {
            FoldHeldOf(key, at);
        }
    }

    /// <summary>What was held of a new participant counts, unless it lies before the assignment.</summary>
    private void FoldHeldOf(ulong key, nint at)
    {
        var assignedAtMs = AtMs(AssignmentAt(at));
        while (held.TryTake(key, out var track))
        {
            if (track.AtMs >= assignedAtMs && active[track.Metric] && IsInRange(at, track.Metric, track.Value))
            {
                FoldCounted(at, track.Metric, track.Value, track.AtMs, 0);
            }
            else
            {
                heldDropped++;
            }
        }
    }

    private void FoldCounted(nint at, int metric, double value, long atMs, ulong id)
    {
        var assignment = AssignmentAt(at);
        ref var cell = ref cells.Metric(cells.Find(assignment), metric);
        var word = at + layout.Offsets[metric];
        ref var count = ref table.Word(word);
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
            var before = BitConverter.UInt64BitsToDouble(table.Long(word + 1));
            var total = before + value;
            count += count == uint.MaxValue ? 0u : 1u;
            table.SetLong(word + 1, BitConverter.DoubleToUInt64Bits(total));
            cell.Totals = first ? cell.Totals.Add(total) : cell.Totals.Replace(before, total);
            cell.Conversions++;
            history.AddEvent(atMs, assignment.Alternative, metric, first, 1, value);
        }

        FoldId(id);
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

        var at = table.Find(key);
        if (at < 0)
        {
            return;
        }

        var index = cells.Find(AssignmentAt(at));
        cells.Participants(index)--;
        for (var metric = 0; metric < layout.Offsets.Length; metric++)
        {
            var total = TotalAt(at, metric);
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

        table.Remove(at);
    }

    /// <summary>Puts a plan in force and makes room for what it adds.</summary>
    private void Use(ShardPlan plan)
    {
        var before = layout;
        Plan = plan;
        running = plan.Status == Experiments.ExperimentStatus.Running;
        fallback = (byte)plan.Default;

        // The plan is immutable, so the shards of a process share its buckets.
        buckets = MemoryMarshal.TryGetArray(plan.Buckets, out var shared) && shared.Offset == 0 ? shared.Array! : plan.Buckets.ToArray();
        removed = plan.Removed.Count == 0 ? new bool[plan.Alternatives] : [.. plan.Removed];
        active = [.. plan.Metrics.Select(m => m.Active)];
        layout = RowLayout.Of(plan.Metrics);
        if (table is null)
        {
            return;
        }

        if (layout.Words != before.Words)
        {
            // Slots are only appended, so an old row is the beginning of the new one.
            table.Widen(layout.Words, static (from, to) => from.CopyTo(to));
            cells.Widen(layout.Offsets.Length);
        }

        history.Widen(plan.Alternatives, layout.Offsets.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PackedAssignment AssignmentAt(nint at) => new(table.Long(at + RowLayout.Assignment));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long AtMs(PackedAssignment assignment) => baseMs + assignment.Since;

    private ParticipantTotal TotalAt(nint at, int metric)
    {
        var word = at + layout.Offsets[metric];
        var count = table.Word(word);
        if (layout.Conversion[metric])
        {
            var conversions = ConversionTotal.Value(count);
            return new ParticipantTotal(count != 0, conversions, conversions);
        }

        return new ParticipantTotal(count != 0, count, BitConverter.UInt64BitsToDouble(table.Long(word + 1)));
    }

    /// <summary>True when statistics can take the value; NaN fails every comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsInRange(nint at, int metric, double value)
    {
        if (layout.Conversion[metric])
        {
            return value >= 0 && value <= Moments.MaxMagnitude;
        }

        var total = BitConverter.UInt64BitsToDouble(table.Long(at + layout.Offsets[metric] + 1)) + value;
        return Math.Abs(total) <= Moments.MaxMagnitude;
    }
}
