using Bandstand.Participants;

namespace Bandstand.Events;

/// <summary>The part of a batch that goes to one shard: the entries, and which event of the batch each one is.</summary>
public sealed class ShardLeg
{
    private int[] events = new int[16];

    /// <summary>The number of the experiment in <see cref="EventRoutes.Targets"/>.</summary>
    public int Target { get; private set; }

    /// <summary>The shard's number within the experiment.</summary>
    public int Shard { get; private set; }

    /// <summary>The entries.</summary>
    public ShardBatchWriter Writer { get; } = new();

    /// <summary>How many entries.</summary>
    public int Count { get; private set; }

    /// <summary>The batch's event numbers, one an entry.</summary>
    internal ReadOnlySpan<int> Events => events.AsSpan(0, Count);

    internal void Reset(int target, int shard, ulong producer, long sequence)
    {
        Target = target;
        Shard = shard;
        Count = 0;
        Writer.Clear();
        if (producer != 0)
        {
            Writer.SetProducer(producer, sequence);
        }
    }

    internal void Note(int eventNumber)
    {
        if (Count == events.Length)
        {
            Array.Resize(ref events, events.Length * 2);
        }

        events[Count++] = eventNumber;
    }
}
