namespace Bandstand.Events;

/// <summary>What one batch adds to the daily totals of its metrics.</summary>
/// <remarks>Not thread-safe; made to be used again.</remarks>
public sealed partial class MetricTally
{
    private const long DayMs = 24 * 60 * 60 * 1000;
    private readonly Dictionary<byte[], int> numbers = new(Utf8Comparer.Instance);
    private readonly List<byte[]> metrics = [];
    private readonly List<MetricDaySum> sums = [];
    private readonly List<IdentifiedTrack> identified = [];
    private readonly Dictionary<(int Metric, int Day), int> sumOf = [];
    private int lastMetric = -1;
    private int lastSum = -1;

    /// <summary>Hash of the producer's name, or 0.</summary>
    public ulong Producer { get; private set; }

    /// <summary>The producer's sequence.</summary>
    public long Sequence { get; private set; }

    /// <summary>The metrics concerned, as UTF-8, by number.</summary>
    public IReadOnlyList<byte[]> Metrics => metrics;

    /// <summary>Sums of events without an id, by metric and day.</summary>
    public IReadOnlyList<MetricDaySum> Sums => sums;

    /// <summary>Events with an id, each of which may have counted before.</summary>
    public IReadOnlyList<IdentifiedTrack> Identified => identified;

    /// <summary>True when no metric is concerned.</summary>
    public bool IsEmpty => metrics.Count == 0;

    internal void Reset(ulong producer, long sequence)
    {
        Producer = producer;
        Sequence = sequence;
        numbers.Clear();
        metrics.Clear();
        sums.Clear();
        identified.Clear();
        sumOf.Clear();
        lastMetric = lastSum = -1;
    }

    internal void Add(ReadOnlySpan<byte> metric, long atMs, double value, ulong id)
    {
        var number = NumberOf(metric);
        var day = (int)(atMs / DayMs);
        if (id != 0)
        {
            identified.Add(new IdentifiedTrack(number, day, value, atMs, id));
            return;
        }

        if (lastSum < 0 || sums[lastSum].Metric != number || sums[lastSum].Day != day)
        {
            if (!sumOf.TryGetValue((number, day), out lastSum))
            {
                lastSum = sums.Count;
                sumOf.Add((number, day), lastSum);
                sums.Add(new MetricDaySum(number, day, 0, 0, atMs));
            }
        }

        var sum = sums[lastSum];
        sums[lastSum] = new MetricDaySum(number, day, sum.Events + 1, sum.Total + value, Math.Max(sum.LastAtMs, atMs));
    }

    private int NumberOf(ReadOnlySpan<byte> metric)
    {
        if (lastMetric >= 0 && metric.SequenceEqual(metrics[lastMetric]))
        {
            return lastMetric;
        }

        if (!numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(metric, out lastMetric))
        {
            lastMetric = metrics.Count;
            var name = metric.ToArray();
            metrics.Add(name);
            numbers.Add(name, lastMetric);
        }

        return lastMetric;
    }
}

/// <summary>A metric's gain of one day.</summary>
/// <param name="Metric">The number of the metric in its tally.</param>
/// <param name="Day">Days since 1970 (UTC).</param>
/// <param name="Events">How many events.</param>
/// <param name="Total">The sum of their values.</param>
/// <param name="LastAtMs">The latest event's time, ms since 1970.</param>
public readonly record struct MetricDaySum(int Metric, int Day, long Events, double Total, long LastAtMs);

/// <summary>A track with a unique id.</summary>
/// <param name="Metric">The number of the metric in its tally.</param>
/// <param name="Day">Days since 1970 (UTC).</param>
/// <param name="Value">Its value.</param>
/// <param name="AtMs">Its time, ms since 1970.</param>
/// <param name="Id">The hash of its id, not 0.</param>
public readonly record struct IdentifiedTrack(int Metric, int Day, double Value, long AtMs, ulong Id);
