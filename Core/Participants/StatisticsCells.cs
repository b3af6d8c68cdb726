using System.Runtime.CompilerServices;
using Bandstand.Statistics;

namespace Bandstand.Participants;

/// <summary>One metric of one (epoch, alternative).</summary>
internal struct MetricCell
{
    /// <summary>Participants with at least one event.</summary>
    public long Converted;

    /// <summary>Of a conversion metric the sum of the values, else the number of events.</summary>
    public double Conversions;

    /// <summary>
    /// The totals of the participants with at least one event; not used by conversion metrics. Those without are zeros that are
    /// merged in on reading, so that an assignment costs nothing here and a metric that is added later needs no pass over the people.
    /// </summary>
    public Moments Totals;
}

/// <summary>The running statistics of a shard: a cell per (epoch, alternative) that has participants.</summary>
internal sealed class StatisticsCells
{
    private readonly List<int[]?> byEpoch = [];
    private long[] participants = new long[4];
    private MetricCell[] metricCells = [];

    public StatisticsCells(int metrics)
    {
        Metrics = metrics;
        metricCells = new MetricCell[4 * metrics];
    }

    public int Metrics { get; private set; }

    public int Count { get; private set; }

    public long AllParticipants => participants.Sum();

    public int Epochs => byEpoch.Count;

    public long MemoryBytes => (participants.LongLength * 8) + (metricCells.LongLength * Unsafe.SizeOf<MetricCell>()) + byEpoch.Sum(e => 24L + (4L * (e?.Length ?? 0)));

    /// <summary>The cell's index, or −1 when it has never had a participant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(PackedAssignment assignment)
    {
        var epoch = assignment.Epoch;
        if (epoch >= byEpoch.Count)
        {
            return -1;
        }

        var cells = byEpoch[epoch];
        var alternative = assignment.Alternative;
        return cells is not null && alternative < cells.Length ? cells[alternative] - 1 : -1;
    }

    /// <summary>The cell's index; makes the cell when it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Get(PackedAssignment assignment)
    {
        var found = Find(assignment);
        return found >= 0 ? found : Add(assignment.Epoch, assignment.Alternative);
    }

    public ref long Participants(int cell) => ref participants[cell];

    public ref MetricCell Metric(int cell, int metric) => ref metricCells[(cell * Metrics) + metric];

    /// <summary>All cells there are, by epoch and alternative.</summary>
    public IEnumerable<(PackedAssignment Assignment, int Cell)> All(int alternatives)
    {
        for (var epoch = 0; epoch < byEpoch.Count; epoch++)
        {
            for (var alternative = 0; alternative < alternatives; alternative++)
            {
                var assignment = new PackedAssignment((byte)alternative, epoch, 0);
                if (Find(assignment) is >= 0 and var cell)
                {
                    yield return (assignment, cell);
                }
            }
        }
    }

    /// <summary>Makes room for metrics that were added; their figures are zero.</summary>
    public void Widen(int metrics)
    {
        var wider = new MetricCell[participants.Length * metrics];
        for (var cell = 0; cell < Count; cell++)
        {
            metricCells.AsSpan(cell * Metrics, Metrics).CopyTo(wider.AsSpan(cell * metrics));
        }

        (metricCells, Metrics) = (wider, metrics);
    }

    private int Add(int epoch, int alternative)
    {
        while (byEpoch.Count <= epoch)
        {
            byEpoch.Add(null);
        }

        var cells = byEpoch[epoch];
        if (cells is null || cells.Length <= alternative)
        {
            Array.Resize(ref cells, alternative + 1);
            byEpoch[epoch] = cells;
        }

        if (Count == participants.Length)
        {
            Array.Resize(ref participants, Count * 2);
            Array.Resize(ref metricCells, participants.Length * Metrics);
        }

        cells[alternative] = ++Count;
        return Count - 1;
    }
}
