
namespace Bandstand.Participants;

/// <summary>
/// Which of each producer's last 1 024 batches were applied. A producer idle for 7 days is forgotten; of more than 65 536 producers the
/// 8 192 idle longest are.
/// </summary>
internal sealed class ProducerWindows
{
    public const int Window = 1_024;
    public const int MaxProducers = 65_536;
    public const int DroppedAtOnce = 8_192;
    public const long KeptMs = 7L * 24 * 60 * 60 * 1_000;
    public const int WindowWords = Window / 64;

    private readonly Dictionary<ulong, ProducerWindow> producers = [];

    public int Count => producers.Count;

    public long MemoryBytes => producers.Count * 240L;

    public void Clear() => producers.Clear();

    public ProducerVerdict Check(ulong producer, long sequence, long nowMs)
    {
        if (!producers.TryGetValue(producer, out var window) || IsIdle(window, nowMs))
        {
            return ProducerVerdict.New;
        }

        return window.Check(sequence);
    }

    /// <summary>Marks a batch as applied; answers how many producers were forgotten early for want of room.</summary>
    public int Mark(ulong producer, long sequence, long nowMs)
    {
        var dropped = 0;
        if (!producers.TryGetValue(producer, out var window))
        {
            dropped = MakeRoom(nowMs);
            producers.Add(producer, window = new ProducerWindow(sequence));
        }
        else if (IsIdle(window, nowMs))
        {
            producers[producer] = window = new ProducerWindow(sequence);
        }

        window.Mark(sequence);
        window.LastMs = nowMs;
        return dropped;
    }

    /// <summary>All by producer's hash.</summary>
    public IEnumerable<KeyValuePair<ulong, ProducerWindow>> All() => producers.OrderBy(p => p.Key);

    public void Restore(ulong producer, ProducerWindow window) => producers.Add(producer, window);

    private static bool IsIdle(ProducerWindow window, long nowMs) => window.LastMs < nowMs - KeptMs;

    private int MakeRoom(long nowMs)
    {
        if (producers.Count < MaxProducers)
        {
            return 0;
        }

        var before = producers.Count;
        foreach (var idle in producers.Where(p => IsIdle(p.Value, nowMs)).Select(p => p.Key).ToArray())
        {
            producers.Remove(idle);
        }

        if (producers.Count < before)
        {
            return 0;
        }

        foreach (var longest in producers.OrderBy(p => p.Value.LastMs).ThenBy(p => p.Key).Take(DroppedAtOnce).Select(p => p.Key).ToArray())
        {
            producers.Remove(longest);
        }

        return before - producers.Count;
    }
}

/// <summary>The last 1 024 batches of one producer.</summary>
internal sealed class ProducerWindow(long newest)
{
    private readonly ulong[] seen = new ulong[ProducerWindows.WindowWords];

    /// <summary>The largest sequence number applied.</summary>
    public long Newest { get; private set; } = newest;

    /// <summary>When the last batch was applied.</summary>
    public long LastMs { get; set; }

    /// <summary>A bit per batch, at its sequence number modulo 1 024.</summary>
    public Span<ulong> Seen => seen;

    public ProducerVerdict Check(long sequence)
    {
        if (sequence > Newest)
        {
            return ProducerVerdict.New;
        }

        if (Newest - sequence >= ProducerWindows.Window)
        {
            return ProducerVerdict.TooOld;
        }

        return (seen[Word(sequence)] & Bit(sequence)) != 0 ? ProducerVerdict.Seen : ProducerVerdict.New;
    }

    public void Mark(long sequence)
    {
        if (sequence - Newest >= ProducerWindows.Window)
        {
            Array.Clear(seen);
            Newest = sequence;
        }

        for (; Newest < sequence; Newest++)
        {
            seen[Word(Newest + 1)] &= ~Bit(Newest + 1);
        }

        seen[Word(sequence)] |= Bit(sequence);
    }

    private static int Word(long sequence) => (int)((sequence >> 6) & (ProducerWindows.WindowWords - 1));

    private static ulong Bit(long sequence) => 1UL << (int)(sequence & 63);
}
