using static Bandstand.Participants.JournalCheck;

namespace Bandstand.Participants;

/// <summary>The cohorts of metrics with a rule in a snapshot: for each metric a record of its marks, then one for each cohort.</summary>
internal static class SnapshotCohorts
{
    private const byte Marks = 0;
    private const byte OfCohort = 1;

    public static void Write(SnapshotWriter to, RuledMetric?[] ruled, StatisticsCells cells, int alternatives)
    {
        to.Begin(SnapshotSection.Cohorts);
        for (var slot = 0; slot < ruled.Length; slot++)
        {
            if (ruled[slot]?.Cohorts is not { } cohorts)
            {
                continue;
            }

            var marks = to.Record(24);
            marks.Varint((ulong)slot);
            marks.Byte(Marks);
            marks.Long(cohorts.Newest);
            marks.Long(cohorts.Floor);
            foreach (var (assignment, cell) in cells.All(alternatives))
            {
                foreach (var (part, cohort) in cohorts.Of(cell))
                {
                    var record = to.Record(192);
                    record.Varint((ulong)slot);
                    record.Byte(OfCohort);
                    SnapshotCells.Write(record, assignment);
                    record.Long(part);
                    record.Long(cohort.Participants);
                    record.Long(cohort.Converted);
                    record.Double(cohort.Conversions);
                    record.Moments(cohort.Totals);
                    record.Joint(cohort.Pair);
                    record.Moments(cohort.Rest);
                }
            }
        }
    }

    /// <summary>Takes one record. The cells are there already.</summary>
    public static void Read(ref ByteReader from, RuledMetric?[] ruled, StatisticsCells cells, ShardPlan plan)
    {
        var slot = from.Varint(ruled.Length - 1, "metric");
        Require(ruled[slot] is not null, "has a cohort of a metric without a rule");
        var cohorts = ruled[slot]!.Cohorts;
        if (from.Byte() == Marks)
        {
            cohorts.Restore(from.Long(), from.Long());
            return;
        }

        var cell = cells.Find(SnapshotCells.Assignment(ref from, plan));
        Require(cell >= 0, "has a cohort of nobody");
        var cohort = cohorts.Restore(cell, from.Long());
        cohort.Participants = from.Long();
        cohort.Converted = from.Long();
        cohort.Conversions = from.Double();
        cohort.Totals = from.Moments();
        cohort.Pair = from.Joint();
        cohort.Rest = from.Moments();
        Require(
            cohort.Converted >= 0 && Math.Max(cohort.Converted, Math.Max(cohort.Participants, cohort.Pair.Count)) <= cells.Participants(cell),
            "counts more in a cohort than there are");
    }
}
