using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>A ratio of two totals: the row keeps both, the cohort their joint moments among those who have an event.</summary>
internal sealed class RuledRatio(int offset, MetricRule rule) : RuledMetric(offset, -1, rule)
{
    private const uint HasDenominator = 0x8000_0000;
    private const int Above = 1;
    private const int Below = 3;

    public override bool IsInRange(ref uint row, FeedPart part, double value)
        => Math.Abs(RowFields.Double(ref row, Offset + Word(part)) + value) <= Moments.MaxMagnitude;

    public override Gain? Count(ref uint row, Cohort cohort, FeedPart part, double value, long sinceMs)
    {
        ref var events = ref RowFields.Word(ref row, Offset);
        var (isNew, isFirst) = (events == 0, (events & ~HasDenominator) == 0);
        var (x, y) = Totals(ref row);
        RowFields.SetDouble(ref row, Offset + Word(part), RowFields.Double(ref row, Offset + Word(part)) + value);
        var (nowX, nowY) = Totals(ref row);
        cohort.Pair = isNew ? cohort.Pair.Add(nowX, nowY) : cohort.Pair.Replace(x, y, nowX, nowY);
        if (part == FeedPart.Denominator)
        {
            events |= HasDenominator;
            return null;
        }

        events += (events & ~HasDenominator) == ~HasDenominator ? 0u : 1u;
        cohort.Converted += isFirst ? 1 : 0;
        cohort.Conversions++;
        return new Gain(isFirst, 1, value);
    }

    public override ParticipantTotal TotalOf(ref uint row)
    {
        var events = RowFields.Word(ref row, Offset) & ~HasDenominator;
        var (below, above) = Totals(ref row);
        return new ParticipantTotal(events != 0, events, above, below);
    }

    protected override MetricStatistics Figures(Cohort cohort, long participants)
    {
        var pair = cohort.Pair + JointMoments.Of(participants - cohort.Pair.Count);
        return new MetricStatistics(cohort.Converted, cohort.Conversions, pair.Y) { Pair = new PairStatistics(pair, default) };
    }

    protected override void Add(ref uint row, Cohort cohort)
    {
        var total = TotalOf(ref row);
        cohort.Converted += total.Converted ? 1 : 0;
        cohort.Conversions += total.Conversions;
        if (RowFields.Word(ref row, Offset) != 0)
        {
            cohort.Pair = cohort.Pair.Add(total.Denominator, total.Total);
        }
    }

    protected override void Remove(ref uint row, Cohort cohort)
    {
        var total = TotalOf(ref row);
        cohort.Converted -= total.Converted ? 1 : 0;
        cohort.Conversions -= total.Conversions;
        if (RowFields.Word(ref row, Offset) != 0)
        {
            cohort.Pair = cohort.Pair.Remove(total.Denominator, total.Total);
        }
    }

    private static int Word(FeedPart part) => part == FeedPart.Numerator ? Above : Below;

    private (double Below, double Above) Totals(ref uint row) => (RowFields.Double(ref row, Offset + Below), RowFields.Double(ref row, Offset + Above));
}
