using System.Runtime.InteropServices;
using System.Text;
using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

// Results by an attribute's value: a byte in the row, and nothing else. Figures are added up from the rows when somebody asks for them.
public sealed partial class ParticipantShard
{
    private static readonly UTF8Encoding Utf8 = new(false, true);

    /// <summary>
    /// The statistics of those who had certain values when they were assigned. Takes a walk over all rows, some 10 ns each; the same rows give the
    /// same bits, whatever the history.
    /// </summary>
    /// <param name="nowMs">As above.</param>
    /// <param name="choice">Whose.</param>
    public ShardStatistics Statistics(long nowMs, SegmentChoice choice)
    {
        var counted = new StatisticsCells(layout.Offsets.Length);
        if (choice.Slot >= segments.Length)
        {
            return Statistics(counted, ruled, nowMs); // An attribute that this shard has not heard of yet: nobody has a value in it.
        }

        RuledMetric?[] rules = [.. ruled.Select((metric, slot) => metric is null ? null : RuledMetric.Of(slot, Plan.Metrics[slot], layout))];
        var chosen = Chosen(choice);
        for (var at = table.Next(0); at >= 0; at = table.Next(at + 1))
        {
            ref var row = ref MemoryMarshal.GetReference(table.Row(at));
            if (!chosen[CodeOf(ref row, choice.Slot)])
            {
                continue;
            }

            var assignment = RowFields.Assignment(ref row);
            var index = counted.Get(assignment);
            counted.Participants(index)++;
            for (var metric = 0; metric < layout.Offsets.Length; metric++)
            {
                if (metric < rules.Length && rules[metric] is { } rule)
                {
                    rule.Enter(ref row, index, AtMs(assignment));
                }
                else if (TotalOf(ref row, metric) is { Converted: true } total)
                {
                    ref var cell = ref counted.Metric(index, metric);
                    cell.Converted++;
                    cell.Conversions += total.Conversions;
                    cell.Totals = layout.Conversion[metric] ? default : cell.Totals.Add(total.Total);
                }
            }
        }

        return Statistics(counted, rules, nowMs);
    }

    /// <summary>How many participants had which value of every attribute that is split by, by epoch and alternative.</summary>
    public IReadOnlyList<SegmentCount> SegmentCounts()
    {
        var counts = new StatisticsCells?[segments.Length][];
        for (var slot = 0; slot < counts.Length; slot++)
        {
            counts[slot] = new StatisticsCells?[SegmentCodes.Other + 1];
        }

        for (var at = table.Next(0); at >= 0; at = table.Next(at + 1))
        {
            ref var row = ref MemoryMarshal.GetReference(table.Row(at));
            for (var slot = 0; slot < counts.Length; slot++)
            {
                var of = counts[slot][CodeOf(ref row, slot)] ??= new StatisticsCells(0);
                of.Participants(of.Get(RowFields.Assignment(ref row)))++;
            }
        }

        return
        [
            .. from slot in Enumerable.Range(0, counts.Length)
               where Plan.Segments[slot].Active
               from code in Enumerable.Range(0, counts[slot].Length)
               where counts[slot][code] is not null
               select new SegmentCount(slot, segments[slot].ValueOf((byte)code), Flat(counts[slot][code]!)),
        ];
    }

    private List<int> Flat(StatisticsCells counted)
    {
        var flat = new List<int>();
        for (var epoch = 0; epoch < counted.Epochs; epoch++)
        {
            for (var alternative = 0; alternative < Plan.Alternatives; alternative++)
            {
                if (counted.Find(new PackedAssignment((byte)alternative, epoch, 0)) is >= 0 and var cell)
                {
                    flat.AddRange([epoch, alternative, (int)counted.Participants(cell)]);
                }
            }
        }

        return flat;
    }

    private bool[] Chosen(SegmentChoice choice)
    {
        var named = choice.Values.Select(value => value ?? SegmentValue.None).ToHashSet(StringComparer.Ordinal);
        var codes = segments[choice.Slot];
        var chosen = new bool[SegmentCodes.Other + 1];
        for (var code = 0; code < chosen.Length; code++)
        {
            chosen[code] = codes.Knows((byte)code) && named.Contains(codes.ValueOf((byte)code) ?? SegmentValue.None) != choice.Except;
        }

        return chosen;
    }

    /// <summary>Room for the attributes of the plan.</summary>
    private void UseSegments()
    {
        var before = segments.Length;
        Array.Resize(ref segments, Plan.Segments.Count);
        for (var slot = before; slot < segments.Length; slot++)
        {
            segments[slot] = new SegmentCodes();
        }
    }

    /// <summary>A newcomer where results are split; a value that is met for the first time becomes a fact of its own.</summary>
    private void AssignSplit(in ShardQuestion question, byte alternative, int epoch, long atMs, nint place, ShardLog log)
    {
        Span<byte> codes = stackalloc byte[segments.Length];
        for (var slot = 0; slot < codes.Length; slot++)
        {
            var value = Plan.Segments[slot].Active && question.Segments is { } values && slot < values.Length ? values[slot] : null;
            if (!segments[slot].TryCode(value, out codes[slot]))
            {
                log.Segment(slot, Encoding.UTF8.GetBytes(value!));
                codes[slot] = segments[slot].Add(value!);
            }
        }

        log.Assigned(question.Key, alternative, epoch, atMs, 0, codes);
        FoldAssigned(question.Key, alternative, epoch, atMs, 0, place, codes);
    }

    private byte CodeOf(ref uint row, int slot) => RowFields.Byte(ref row, layout.Segments[slot]);

    private string?[] ValuesOf(ref uint row)
    {
        var values = new string?[segments.Length];
        for (var slot = 0; slot < values.Length; slot++)
        {
            values[slot] = segments[slot].ValueOf(CodeOf(ref row, slot));
        }

        return values;
    }

    private void RequireSegments(ReadOnlySpan<byte> codes)
    {
        Require(codes.Length <= segments.Length, "splits by what is not defined");
        for (var slot = 0; slot < codes.Length; slot++)
        {
            Require(segments[slot].Knows(codes[slot]), "names a segment that was never met");
        }
    }

    private void RestoreSegment(int slot, ReadOnlySpan<byte> utf8)
    {
        Require(slot < segments.Length, "splits by what is not defined");
        string value;
        try
        {
            value = Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("A shard's journal names a segment that is no text.", e);
        }

        Require(!segments[slot].TryCode(value, out _), "meets a segment twice");
        segments[slot].Add(value);
    }
}
