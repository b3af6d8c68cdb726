namespace Bandstand.Events;

/// <summary>What became of each event of a batch, put together from the answers of all that it concerned.</summary>
/// <remarks>Not thread-safe; made to be used again.</remarks>
internal sealed class EventFates
{
    private const int Described = 100;
    private readonly List<RejectedEvent> rejected = [];
    private EventFate[] fates = new EventFate[256];
    private long[] lines = new long[256];
    private int count;
    private long rejectedCount;

    /// <summary>Forgets the batch before.</summary>
    public void Clear()
    {
        count = 0;
        rejectedCount = 0;
        rejected.Clear();
    }

    /// <summary>The next event; it concerns nobody until somebody says so.</summary>
    /// <param name="line">Its line, from 1.</param>
    /// <returns>Its number in the batch.</returns>
    public int New(long line)
    {
        if (count == fates.Length)
        {
            Array.Resize(ref fates, count * 2);
            Array.Resize(ref lines, count * 2);
        }

        fates[count] = EventFate.Ignored;
        lines[count] = line;
        return count++;
    }

    /// <summary>Notes an answer. An event that feeds several experiments counts when it counts anywhere.</summary>
    public void Note(int number, EventFate fate)
    {
        ref var known = ref fates[number];
        known = fate > known ? fate : known;
    }

    /// <summary>Notes that an event is bad.</summary>
    public void Reject(int number, string code, string detail)
    {
        if (fates[number] != EventFate.Rejected && rejectedCount++ < Described)
        {
            rejected.Add(new RejectedEvent(lines[number], code, detail));
        }

        fates[number] = EventFate.Rejected;
    }

    /// <summary>The receipt of everything noted so far.</summary>
    public EventReceipt Receipt()
    {
        Span<long> counts = stackalloc long[4];
        foreach (var fate in fates.AsSpan(0, count))
        {
            counts[(int)fate]++;
        }

        return new EventReceipt
        {
            Accepted = counts[(int)EventFate.Counted],
            Duplicates = counts[(int)EventFate.Duplicate],
            Ignored = counts[(int)EventFate.Ignored],
            RejectedCount = rejectedCount,
            Rejected = [.. rejected.OrderBy(r => r.Line)],
        };
    }
}

/// <summary>What became of an event, the stronger ones later.</summary>
internal enum EventFate : byte
{
    /// <summary>It concerns nobody.</summary>
    Ignored,

    /// <summary>It had counted before.</summary>
    Duplicate,

    /// <summary>It counted.</summary>
    Counted,

    /// <summary>It is bad.</summary>
    Rejected,
}
