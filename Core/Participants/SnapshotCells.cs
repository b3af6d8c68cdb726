using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

/// <summary>The running statistics in a snapshot: a record for each (epoch, alternative) that has participants.</summary>
internal static class SnapshotCells
{
    public static void Write(SnapshotWriter to, StatisticsCells cells, int alternatives)
    {
        to.Begin(SnapshotSection.Cells);
        foreach (var (assignment, cell) in cells.All(alternatives))
        {
            var record = to.Record(24 + (40 * cells.Metrics));
            Write(record, assignment);
            record.Long(cells.Participants(cell));
            for (var i = 0; i < cells.Metrics; i++)
            {
                ref readonly var metric = ref cells.Metric(cell, i);
                record.Long(metric.Converted);
                record.Double(metric.Conversions);
                record.Moments(metric.Totals);
            }
        }
    }

    /// <summary>Takes one record.</summary>
    /// <param name="from">The record.</param>
    /// <param name="cells">Receives it.</param>
    /// <param name="plan">What is defined.</param>
    /// <param name="layout">Which metrics are conversions.</param>
    /// <param name="present">Participants of all cells together.</param>
    public static void Read(ref ByteReader from, StatisticsCells cells, ShardPlan plan, RowLayout layout, long present)
    {
        var cell = cells.Get(Assignment(ref from, plan));
        var participants = from.Long();
        Require(participants >= 0 && participants <= present, "counts participants who are not there");
        cells.Participants(cell) = participants;
        for (var i = 0; i < cells.Metrics; i++)
        {
            ref var metric = ref cells.Metric(cell, i);
            metric.Converted = from.Long();
            metric.Conversions = from.Double();
            metric.Totals = from.Moments();
            Require(metric.Converted >= 0 && metric.Converted <= participants, "counts more conversions than participants");
            Require(metric.Totals.Count == (layout.Conversion[i] ? 0 : metric.Converted), "counts totals of nobody");
        }
    }

    /// <summary>Names a cell at the head of a record.</summary>
    public static void Write(ByteWriter record, PackedAssignment assignment)
    {
        record.Varint((ulong)assignment.Epoch);
        record.Byte(assignment.Alternative);
    }

    /// <summary>The cell that a record names.</summary>
    public static PackedAssignment Assignment(ref ByteReader from, ShardPlan plan)
    {
        var epoch = from.Varint(plan.Epoch, "epoch");
        return new PackedAssignment(Alternative(ref from, plan.Alternatives), epoch, 0);
    }

    /// <summary>The alternative that a record names.</summary>
    public static byte Alternative(ref ByteReader from, int alternatives)
    {
        var alternative = from.Byte();
        Require(alternative < alternatives, "names an alternative that is not defined");
        return alternative;
    }
}
