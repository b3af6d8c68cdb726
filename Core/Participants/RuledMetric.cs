using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>What an event added to a metric's history.</summary>
internal readonly record struct Gain(bool First, double Conversions, double Total);

/// <summary>
/// How one metric with a rule is counted: what of a participant's events stays in the row, and what that changes in the cohort. Pure; its
/// shard calls it, live and in replay.
/// </summary>
internal abstract class RuledMetric
{
    private readonly long windowMs;
    private readonly int covariate;

    protected RuledMetric(int offset, int covariate, MetricRule rule)
    {
        Offset = offset;
        this.covariate = covariate;
        windowMs = rule.WindowMs;
        Cohorts = new Cohorts(windowMs);
    }

    public Cohorts Cohorts { get; }

    /// <summary>True when cohorts count everybody, and not only who has events.</summary>
    public bool CountsEverybody => windowMs > 0 || covariate >= 0;

    protected int Offset { get; }

    public static RuledMetric? Of(int slot, MetricSlot metric, RowLayout layout) => (metric.Kind, metric.Rule) switch
    {
        (MetricKind.Ratio, { } rule) => new RuledRatio(layout.Offsets[slot], rule),
        (MetricKind.Retention, { } rule) => new RuledRetention(layout.Offsets[slot], rule),
        (_, null) => null,
        (var kind, { } rule) => new RuledTotal(layout.Offsets[slot], layout.Covariates[slot], kind == MetricKind.Conversion, rule),
    };

    /// <summary>True when an event so long after the assignment counts.</summary>
    public bool Takes(long sinceMs) => windowMs == 0 || sinceMs < windowMs;

    /// <summary>True when the statistics can take the value.</summary>
    public abstract bool IsInRange(ref uint row, FeedPart part, double value);

    /// <summary>Somebody new.</summary>
    public void Join(ref uint row, int cell, long assignedAtMs)
    {
        if (CountsEverybody)
        {
            var cohort = Cohorts.Get(cell, assignedAtMs);
            cohort.Participants++;
            if (HasCovariate(ref row, out var x))
            {
                cohort.Pair = cohort.Pair.Add(x, 0);
            }
        }
    }

    /// <summary>An event that counts; null where it says nothing to the history.</summary>
    public abstract Gain? Count(ref uint row, Cohort cohort, FeedPart part, double value, long sinceMs);

    /// <summary>Adds all that somebody did, at once.</summary>
    public void Enter(ref uint row, int cell, long assignedAtMs)
    {
        var cohort = Cohorts.Get(cell, assignedAtMs);
        if (CountsEverybody)
        {
            cohort.Participants++;
        }

        Add(ref row, cohort);
    }

    /// <summary>Takes out all that somebody added.</summary>
    public void Leave(ref uint row, int cell, long assignedAtMs)
    {
        var cohort = Cohorts.Get(cell, assignedAtMs);
        if (CountsEverybody)
        {
            cohort.Participants--;
        }

        Remove(ref row, cohort);
    }

    /// <summary>What somebody did.</summary>
    public abstract ParticipantTotal TotalOf(ref uint row);

    /// <summary>The figures of a cell.</summary>
    /// <param name="cell">Its number, or −1.</param>
    /// <param name="participants">How many are in it.</param>
    /// <param name="nowMs">The time of the question.</param>
    public MetricStatistics Statistics(int cell, long participants, long nowMs)
    {
        var (all, closed) = Cohorts.Sum(cell, nowMs);
        return Figures(all, participants) with
        {
            Mature = windowMs == 0 ? null : new MatureStatistics(closed.Participants, Figures(closed, closed.Participants)),
        };
    }

    protected abstract MetricStatistics Figures(Cohort cohort, long participants);

    protected abstract void Add(ref uint row, Cohort cohort);

    protected abstract void Remove(ref uint row, Cohort cohort);

    /// <summary>The covariate, where there is one and it is known.</summary>
    protected bool HasCovariate(ref uint row, out double x)
    {
        x = 0;
        return covariate >= 0 && RowFields.IsKnown(ref row, covariate, out x);
    }
}
