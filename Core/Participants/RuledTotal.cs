using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>Conversions, counts and values with a cap, a window or a covariate. The row keeps what it keeps without them; the cap holds for the statistics.</summary>
internal sealed class RuledTotal(int offset, int covariate, bool isConversion, MetricRule rule) : RuledMetric(offset, covariate, rule)
{
    private readonly double cap = rule.Cap ?? double.PositiveInfinity;
    private readonly bool hasCovariate = covariate >= 0;

    public override bool IsInRange(ref uint row, FeedPart part, double value) => isConversion
        ? value >= 0 && value <= Moments.MaxMagnitude
        : Math.Abs(RowFields.Double(ref row, Offset + 1) + value) <= Moments.MaxMagnitude;

    public override Gain? Count(ref uint row, Cohort cohort, FeedPart part, double value, long sinceMs)
    {
        ref var count = ref RowFields.Word(ref row, Offset);
        var first = count == 0;
        var before = Measured(ref row);
        if (isConversion)
        {
            count = ConversionTotal.Add(count, value);
        }
        else
        {
            count += count == uint.MaxValue ? 0u : 1u;
            RowFields.SetDouble(ref row, Offset + 1, RowFields.Double(ref row, Offset + 1) + value);
        }

        var now = Measured(ref row);
        cohort.Converted += first ? 1 : 0;
        cohort.Conversions += isConversion ? value : 1;
        if (!isConversion)
        {
            cohort.Totals = Changed(cohort.Totals, first, before, now);
        }

        if (HasCovariate(ref row, out var x))
        {
            cohort.Pair = now == before ? cohort.Pair : cohort.Pair.Replace(x, before, x, now);
        }
        else if (hasCovariate)
        {
            cohort.Rest = Changed(cohort.Rest, first, before, now);
        }

        return new Gain(first, isConversion ? value : 1, value);
    }

    public override ParticipantTotal TotalOf(ref uint row)
    {
        var count = RowFields.Word(ref row, Offset);
        if (isConversion)
        {
            var conversions = ConversionTotal.Value(count);
            return new ParticipantTotal(count != 0, conversions, conversions);
        }

        return new ParticipantTotal(count != 0, count, RowFields.Double(ref row, Offset + 1));
    }

    protected override MetricStatistics Figures(Cohort cohort, long participants)
    {
        var moments = isConversion
            ? Moments.FromConversions(participants, cohort.Converted)
            : cohort.Totals + new Moments(participants - cohort.Converted, 0, 0);
        return new MetricStatistics(cohort.Converted, cohort.Conversions, moments)
        {
            Pair = hasCovariate ? new PairStatistics(cohort.Pair, cohort.Rest + new Moments(participants - cohort.Pair.Count - cohort.Rest.Count, 0, 0)) : null,
        };
    }

    protected override void Add(ref uint row, Cohort cohort)
    {
        var (total, measured) = (TotalOf(ref row), Measured(ref row));
        cohort.Converted += total.Converted ? 1 : 0;
        cohort.Conversions += total.Conversions;
        if (total.Converted && !isConversion)
        {
            cohort.Totals = cohort.Totals.Add(measured);
        }

        if (HasCovariate(ref row, out var x))
        {
            cohort.Pair = cohort.Pair.Add(x, measured);
        }
        else if (hasCovariate && total.Converted)
        {
            cohort.Rest = cohort.Rest.Add(measured);
        }
    }

    protected override void Remove(ref uint row, Cohort cohort)
    {
        var (total, measured) = (TotalOf(ref row), Measured(ref row));
        cohort.Converted -= total.Converted ? 1 : 0;
        cohort.Conversions = cohort.Converted == 0 ? 0 : cohort.Conversions - total.Conversions; // What rounding left goes with the last.
        if (total.Converted && !isConversion)
        {
            cohort.Totals = cohort.Totals.Remove(measured);
        }

        if (HasCovariate(ref row, out var x))
        {
            cohort.Pair = cohort.Pair.Remove(x, measured);
        }
        else if (hasCovariate && total.Converted)
        {
            cohort.Rest = cohort.Rest.Remove(measured);
        }
    }

    private static Moments Changed(Moments moments, bool first, double before, double now)
        => first ? moments.Add(now) : now == before ? moments : moments.Replace(before, now);

    /// <summary>The total as statistics see it: capped, or whether somebody converted. Who has no event is 0.</summary>
    private double Measured(ref uint row)
    {
        var count = RowFields.Word(ref row, Offset);
        return count == 0 ? 0 : isConversion ? 1 : Math.Min(cap, RowFields.Double(ref row, Offset + 1));
    }
}
