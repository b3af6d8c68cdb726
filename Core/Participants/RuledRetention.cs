using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>
/// Who had one event, and then another later. The row keeps when the first was had first and the other last, so that events may arrive in any
/// order; nobody who came back can stop having done so.
/// </summary>
internal sealed class RuledRetention(int offset, MetricRule rule) : RuledMetric(offset, -1, rule)
{
    private const int First = 0;
    private const int Last = 2;

    public override bool IsInRange(ref uint row, FeedPart part, double value) => true;

    public override Gain? Count(ref uint row, Cohort cohort, FeedPart part, double value, long sinceMs)
    {
        var (had, cameBack) = (Has(ref row), CameBack(ref row));
        if (part == FeedPart.Denominator)
        {
            RowFields.SetLong(ref row, Offset + First, had ? Math.Min(Time(ref row, First), sinceMs + 1) : sinceMs + 1);
        }
        else
        {
            RowFields.SetLong(ref row, Offset + Last, Math.Max(Time(ref row, Last), sinceMs + 1));
        }

        cohort.Conversions += had == Has(ref row) ? 0 : 1;
        if (cameBack == CameBack(ref row))
        {
            return null;
        }

        cohort.Converted++;
        return new Gain(true, 1, 1);
    }

    public override ParticipantTotal TotalOf(ref uint row)
    {
        var cameBack = CameBack(ref row);
        return new ParticipantTotal(cameBack, cameBack ? 1 : 0, cameBack ? 1 : 0, Has(ref row) ? 1 : 0);
    }

    protected override MetricStatistics Figures(Cohort cohort, long participants)
        => new(cohort.Converted, cohort.Converted, Moments.FromConversions(participants, cohort.Converted)) { Pair = PairOf(participants, (long)cohort.Conversions, cohort.Converted) };

    protected override void Add(ref uint row, Cohort cohort)
    {
        cohort.Converted += CameBack(ref row) ? 1 : 0;
        cohort.Conversions += Has(ref row) ? 1 : 0;
    }

    protected override void Remove(ref uint row, Cohort cohort)
    {
        cohort.Converted -= CameBack(ref row) ? 1 : 0;
        cohort.Conversions -= Has(ref row) ? 1 : 0;
    }

    /// <summary>The joint moments of who had the event and who came back, from the numbers of both.</summary>
    private static PairStatistics PairOf(long participants, long had, long cameBack)
    {
        var (x, y) = (Moments.FromConversions(participants, had), Moments.FromConversions(participants, cameBack));
        return new PairStatistics(new JointMoments(participants, x.Mean, y.Mean, x.M2, y.M2, cameBack * (1 - x.Mean)), default);
    }

    private bool Has(ref uint row) => Time(ref row, First) != 0;

    private bool CameBack(ref uint row) => Has(ref row) && Time(ref row, Last) > Time(ref row, First);

    /// <summary>Milliseconds since the assignment and 1; 0: never.</summary>
    private long Time(ref uint row, int word) => RowFields.Long(ref row, Offset + word);
}
