using System.Runtime.CompilerServices;

namespace Bandstand.Participants;

/// <summary>
/// What happened when, by event time: a bucket per hour for the last 14 days and one per day for life. Each bucket holds, by alternative,
/// new participants and by metric slot converted, conversions and total.
/// </summary>
/// <remarks>
/// Windows are measured back from the newest event, so they follow from the facts alone. Days are kept for 3 660 days back; what is
/// older counts in the oldest day that may be kept.
/// </remarks>
internal sealed class HistoryCells
{
    public const int HoursKept = 14 * 24;
    public const int DaysKept = 3_660;
    public const long HourMs = 3_600_000;
    public const long DayMs = 24 * HourMs;

    private readonly Dictionary<long, HistoryBucket> hours = [];
    private readonly Dictionary<long, HistoryBucket> days = [];
    private int alternatives;
    private long newestHour = long.MinValue;
    private long newestDay = long.MinValue;

    // Events mostly belong to the same hour as the one before.
    private long lastHour = long.MinValue;
    private HistoryBucket? hourBucket;
    private HistoryBucket dayBucket = null!;

    public HistoryCells(int alternatives, int metrics)
    {
        this.alternatives = alternatives;
        Metrics = metrics;
    }

    public int Metrics { get; private set; }

    public IEnumerable<HistoryBucket> Hours => hours.Values.OrderBy(b => b.Number);

    public IEnumerable<HistoryBucket> Days => days.Values.OrderBy(b => b.Number);

    public long MemoryBytes => hours.Values.Concat(days.Values).Sum(b => 80L + (8L * b.Cells.Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddParticipant(long atMs, byte alternative)
    {
        Seek(atMs);
        dayBucket.AddParticipant(alternative);
        hourBucket?.AddParticipant(alternative);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddEvent(long atMs, byte alternative, int metric, bool first, double conversions, double total)
    {
        Seek(atMs);
        dayBucket.AddEvent(alternative, metric, first, conversions, total);
        hourBucket?.AddEvent(alternative, metric, first, conversions, total);
    }

    /// <summary>Makes room for alternatives and metrics that were added.</summary>
    public void Widen(int alternativesNow, int metricsNow)
    {
        if ((alternatives, Metrics) == (alternativesNow, metricsNow))
        {
            return; // Most plans bring new weights and nothing else.
        }

        foreach (var bucket in hours.Values.Concat(days.Values))
        {
            bucket.Widen(alternatives, Metrics, alternativesNow, metricsNow);
        }

        (alternatives, Metrics) = (alternativesNow, metricsNow);
    }

    /// <summary>The bucket of an hour or day by its number, empty when new; for restoring.</summary>
    public HistoryBucket Restore(bool hour, long number)
    {
        if (hour)
        {
            newestHour = Math.Max(newestHour, number);
            return GetOrAdd(hours, number);
        }

        newestDay = Math.Max(newestDay, number);
        return GetOrAdd(days, number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Seek(long atMs)
    {
        var hour = unchecked((long)((ulong)atMs / (ulong)HourMs));
        if (hour != lastHour)
        {
            SeekSlowly(hour);
        }
    }

    private void SeekSlowly(long hour)
    {
        var day = hour / 24;
        if (day > newestDay)
        {
            newestDay = day;
            Trim(days, newestDay - DaysKept + 1);
        }

        if (hour > newestHour)
        {
            newestHour = hour;
            Trim(hours, newestHour - HoursKept + 1);
        }

        dayBucket = GetOrAdd(days, Math.Max(day, newestDay - DaysKept + 1));
        hourBucket = hour > newestHour - HoursKept ? GetOrAdd(hours, hour) : null;
        lastHour = hour;
    }

    private HistoryBucket GetOrAdd(Dictionary<long, HistoryBucket> buckets, long number)
    {
        if (!buckets.TryGetValue(number, out var bucket))
        {
            buckets.Add(number, bucket = new HistoryBucket(number, alternatives, Metrics));
        }

        return bucket;
    }

    private static void Trim(Dictionary<long, HistoryBucket> buckets, long oldest)
    {
        foreach (var number in buckets.Keys.Where(n => n < oldest).ToArray())
        {
            buckets.Remove(number);
        }
    }
}

/// <summary>One hour or day.</summary>
internal sealed class HistoryBucket(long number, int alternatives, int metrics)
{
    private int stride = Stride(metrics);

    /// <summary>Hours or days since 1970.</summary>
    public long Number { get; } = number;

    /// <summary>By alternative: participants, then by metric slot converted, conversions and total. Counts are exact up to 2⁵³.</summary>
    public double[] Cells { get; private set; } = new double[alternatives * Stride(metrics)];

    /// <summary>True when an alternative's counts of people can be counts.</summary>
    public static bool IsSound(ReadOnlySpan<double> cell)
    {
        const double MaxCount = 1L << 53;
        var sound = cell[0] is >= 0 and <= MaxCount;
        for (var at = 1; at < cell.Length; at += 3)
        {
            sound &= cell[at] is >= 0 and <= MaxCount;
        }

        return sound;
    }

    public static int Stride(int metrics) => 1 + (3 * metrics);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddParticipant(byte alternative) => Cells[alternative * stride]++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddEvent(byte alternative, int metric, bool first, double conversions, double total)
    {
        var cell = Cells.AsSpan((alternative * stride) + 1 + (3 * metric), 3);
        cell[0] += first ? 1 : 0;
        cell[1] += conversions;
        cell[2] += total;
    }

    public void Widen(int alternativesBefore, int metricsBefore, int alternativesNow, int metricsNow)
    {
        var (before, now) = (Stride(metricsBefore), Stride(metricsNow));
        var wider = new double[alternativesNow * now];
        for (var alternative = 0; alternative < alternativesBefore; alternative++)
        {
            Cells.AsSpan(alternative * before, before).CopyTo(wider.AsSpan(alternative * now));
        }

        (Cells, stride) = (wider, now);
    }
}
