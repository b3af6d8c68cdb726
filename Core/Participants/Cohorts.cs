using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>
/// Those of one epoch and alternative who were assigned in the same stretch of time, as far as one metric with a rule is concerned: their
/// windows close together.
/// </summary>
internal sealed class Cohort
{
    /// <summary>How many they are; only where the metric has a window or a covariate.</summary>
    public long Participants;

    /// <summary>Of them with at least one event; retention: who came back.</summary>
    public long Converted;

    /// <summary>Of a conversion metric the sum of the values, else the number of events; retention: who had the event below the line.</summary>
    public double Conversions;

    /// <summary>Totals of those who have an event. Not of conversions, ratios and retention.</summary>
    public Moments Totals;

    /// <summary>
    /// Covariate and total of all whose covariate is known; or what is below and above the line of all who have an event.
    /// </summary>
    public JointMoments Pair;

    /// <summary>Totals of those who have an event and whose covariate is not known.</summary>
    public Moments Rest;

    public void Add(Cohort other)
    {
        Participants += other.Participants;
        Converted += other.Converted;
        Conversions += other.Conversions;
        Totals += other.Totals;
        Pair += other.Pair;
        Rest += other.Rest;
    }
}

/// <summary>
/// The cohorts of one metric with a rule, by cell (an epoch and alternative) and time of assignment. With a window there is one for each 64th
/// part of it, so that who is in a closed one follows from the time of the question alone; those that closed long ago are put together.
/// </summary>
/// <remarks>
/// Nothing is done when a window closes, and nothing depends on who asked when: cohorts are made of facts, and a question adds up those that are closed
/// at its time. A window counts as closed up to a 64th of it late. A participant costs nothing, a cohort about 200 bytes.
/// </remarks>
internal sealed class Cohorts(long windowMs)
{
    /// <summary>Into how many parts a window is cut.</summary>
    public const int Parts = 64;

    /// <summary>Where all are whose windows closed long ago.</summary>
    public const long Old = long.MinValue;

    // Clocks may be ahead by so much; what is put together must be closed for all of them.
    private const long SlackMs = 5 * 60 * 1_000;

    private readonly long partMs = Math.Max(1, windowMs / Parts);
    private readonly List<SortedList<long, Cohort>?> byCell = [];

    /// <summary>The latest part of time that somebody was assigned in.</summary>
    public long Newest { get; private set; } = Old;

    /// <summary>Parts before this one are put together.</summary>
    public long Floor { get; private set; } = Old;

    public long MemoryBytes => byCell.Sum(cell => 8L + ((cell?.Count ?? 0) * 200L));

    /// <summary>The cohort of somebody; made when it is new.</summary>
    public Cohort Get(int cell, long assignedAtMs)
    {
        var part = windowMs == 0 ? 0 : assignedAtMs / partMs;
        if (part > Newest)
        {
            Newest = part;
            Advance(windowMs == 0 ? Old : (assignedAtMs - SlackMs - windowMs) / partMs);
        }

        return GetAt(cell, part < Floor ? Old : part);
    }

    /// <summary>The cohorts of a cell in order of time.</summary>
    public IEnumerable<KeyValuePair<long, Cohort>> Of(int cell) => cell >= 0 && cell < byCell.Count && byCell[cell] is { } list ? list : [];

    /// <summary>All of a cell, and those whose windows are closed, together.</summary>
    public (Cohort All, Cohort Closed) Sum(int cell, long nowMs)
    {
        var (all, closed) = (new Cohort(), new Cohort());
        foreach (var (part, cohort) in Of(cell))
        {
            all.Add(cohort);
            if (part == Old || ((part + 1) * partMs) + windowMs <= nowMs)
            {
                closed.Add(cohort);
            }
        }

        return (all, closed);
    }

    /// <summary>Puts a cohort back, from a snapshot.</summary>
    public Cohort Restore(int cell, long part) => GetAt(cell, part);

    /// <summary>Puts the marks of time back, from a snapshot.</summary>
    public void Restore(long newest, long floor) => (Newest, Floor) = (newest, floor);

    private Cohort GetAt(int cell, long part)
    {
        while (byCell.Count <= cell)
        {
            byCell.Add(null);
        }

        var list = byCell[cell] ??= [];
        if (!list.TryGetValue(part, out var cohort))
        {
            list.Add(part, cohort = new Cohort());
        }

        return cohort;
    }

    private void Advance(long floor)
    {
        if (floor <= Floor)
        {
            return;
        }

        Floor = floor;
        for (var cell = 0; cell < byCell.Count; cell++)
        {
            for (var list = byCell[cell]; list is not null && list.Any(c => c.Key != Old && c.Key < floor);)
            {
                var first = list.First(c => c.Key != Old);
                list.Remove(first.Key);
                GetAt(cell, Old).Add(first.Value);
            }
        }
    }
}
