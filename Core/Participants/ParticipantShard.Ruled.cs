using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bandstand.Statistics;

namespace Bandstand.Participants;

// Metrics with a rule, and events that feed more than one slot.
public sealed partial class ParticipantShard
{
    private bool IsRuled(int slot) => slot < ruled.Length && ruled[slot] is not null;

    /// <summary>Makes what new slots with a rule need, and counts those who are there already.</summary>
    private void UseRuled(IReadOnlyList<MetricSlot> slots)
    {
        if (slots.All(slot => slot.Rule is null))
        {
            return;
        }

        var before = ruled.Length;
        Array.Resize(ref ruled, slots.Count);
        for (var slot = before; slot < slots.Count; slot++)
        {
            ruled[slot] = RuledMetric.Of(slot, slots[slot], layout);
        }

        if (ruled.Skip(before).All(metric => metric is not { CountsEverybody: true }))
        {
            return;
        }

        for (var at = table.Next(0); at >= 0; at = table.Next(at + 1))
        {
            ref var row = ref MemoryMarshal.GetReference(table.Row(at));
            var assignment = RowFields.Assignment(ref row);
            for (var slot = before; slot < ruled.Length; slot++)
            {
                ruled[slot]?.Join(ref row, cells.Find(assignment), AtMs(assignment));
            }
        }
    }

    /// <summary>Somebody new: what is known of them is fixed now, so that nothing that is done to them can change it.</summary>
    private void JoinRuled(ref uint row, int cell, long assignedAtMs, IReadOnlyList<HeldTrack> tracks)
    {
        foreach (var (covariate, x) in known)
        {
            RowFields.SetKnown(ref row, layout.Known[covariate], x);
        }

        known.Clear();
        foreach (var byCovariate in tracks.Where(track => IsCovariate(track, assignedAtMs)).GroupBy(track => fed[track.Metric]!.Covariate))
        {
            if (!RowFields.IsKnown(ref row, byCovariate.Key, out _))
            {
                RowFields.SetKnown(ref row, byCovariate.Key, byCovariate.Sum(track => track.Value));
            }
        }

        foreach (var metric in ruled)
        {
            metric?.Join(ref row, cell, assignedAtMs);
        }
    }

    private void Learn(double[] numbers, ShardLog log)
    {
        for (var covariate = 0; covariate < Math.Min(numbers.Length, layout.Known.Length); covariate++)
        {
            if (Math.Abs(numbers[covariate]) <= Moments.MaxMagnitude)
            {
                log.Known(covariate, numbers[covariate]);
                FoldKnown(covariate, numbers[covariate]);
            }
        }
    }

    private void FoldKnown(int covariate, double x) => known.Add((covariate, x));

    private bool IsCovariate(in HeldTrack track, long assignedAtMs) => track.AtMs < assignedAtMs && fed[track.Metric] is { Covariate: >= 0 };

    private void LeaveRuled(ref uint row, int cell)
    {
        var assignedAtMs = AtMs(RowFields.Assignment(ref row));
        foreach (var metric in ruled)
        {
            metric?.Leave(ref row, cell, assignedAtMs);
        }
    }

    private bool IsCountable(ref uint row, int metric, double value, long atMs)
        => fed[metric] is { } feed ? Verdict(ref row, feed, value, atMs) == EventVerdict.Counted : IsInRange(ref row, metric, value);

    /// <summary>Whether an event counts in at least one slot, and can be taken by all in which it does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private EventVerdict Verdict(ref uint row, Feed feed, double value, long atMs)
    {
        var verdict = EventVerdict.Ignored;
        var sinceMs = atMs - AtMs(RowFields.Assignment(ref row));
        foreach (var (slot, part) in feed.Targets)
        {
            if (!IsRuled(slot))
            {
                verdict = EventVerdict.Counted;
                if (!IsInRange(ref row, slot, value))
                {
                    return EventVerdict.OutOfRange;
                }
            }
            else if (ruled[slot]!.Takes(sinceMs))
            {
                verdict = EventVerdict.Counted;
                if (!ruled[slot]!.IsInRange(ref row, part, value))
                {
                    return EventVerdict.OutOfRange;
                }
            }
        }

        return verdict;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FoldFed(ref uint row, Feed feed, double value, long atMs)
    {
        var assignment = RowFields.Assignment(ref row);
        var assignedAtMs = AtMs(assignment);
        foreach (var (slot, part) in feed.Targets)
        {
            if (!IsRuled(slot))
            {
                FoldPlain(ref row, slot, value, atMs);
            }
            else if (ruled[slot] is var metric && metric!.Takes(atMs - assignedAtMs)
                && metric.Count(ref row, metric.Cohorts.Get(cells.Find(assignment), assignedAtMs), part, value, atMs - assignedAtMs) is { } gain)
            {
                history.AddEvent(atMs, assignment.Alternative, slot, gain.First, gain.Conversions, gain.Total);
            }
        }
    }
}
