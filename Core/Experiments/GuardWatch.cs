namespace Bandstand.Experiments;

/// <summary>
/// Knows when a host has to look at the guardrails again: after so many events of guarded metrics that one may have been crossed, which
/// <see cref="ExperimentGuards.EventsUntil"/> says of the last look. So an experiment is not scored at every event, and yet nothing is missed.
/// </summary>
/// <remarks>Counting is thread-safe; everything else belongs to the experiment's turn.</remarks>
public sealed class GuardWatch
{
    /// <summary>A host looks this often at least: what was held for somebody counts when they are assigned, and no event tells of it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long waiting;
    private long until = 1;
    private DateTimeOffset? lookedAt;

    /// <summary>Events that counted since the last look began.</summary>
    public long Waiting => Volatile.Read(ref waiting);

    /// <summary>True when a guardrail may have been crossed since the last look.</summary>
    public bool IsDue => Waiting >= Volatile.Read(ref until);

    /// <summary>Notes events of guarded metrics that counted.</summary>
    /// <param name="events">How many; 0 asks only.</param>
    /// <returns>True when a guardrail may have been crossed.</returns>
    public bool Counted(long events) => Interlocked.Add(ref waiting, events) >= Volatile.Read(ref until);

    /// <summary>Whether the clock makes a look due: events wait for one, or the last one is long ago.</summary>
    /// <param name="experiment">The state.</param>
    /// <param name="now">The present time.</param>
    public bool IsDueAt(Experiment experiment, DateTimeOffset now)
        => Waiting > 0 || (!(now - lookedAt < Interval) && ExperimentGuards.Watches(experiment));

    /// <summary>Begins anew, after a start or a change of weights: the next tick or event looks.</summary>
    public void Begin()
    {
        Volatile.Write(ref until, 1);
        Interlocked.CompareExchange(ref waiting, 1, 0);
    }

    /// <summary>Notes a look.</summary>
    /// <param name="counted"><see cref="Waiting"/> before the statistics were read.</param>
    /// <param name="next">How many events may follow before the next look, 1 or more.</param>
    /// <param name="at">When.</param>
    public void Looked(long counted, long next, DateTimeOffset at)
    {
        lookedAt = at;
        Volatile.Write(ref until, next);
        Interlocked.Add(ref waiting, -counted);
    }

    /// <summary>Nothing is watched any more.</summary>
    public void Rest()
    {
        Volatile.Write(ref until, long.MaxValue);
        Interlocked.Exchange(ref waiting, 0);
    }
}
