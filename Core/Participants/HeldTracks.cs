namespace Bandstand.Participants;

/// <summary>An event of somebody who does not participate yet.</summary>
internal readonly record struct HeldTrack(ulong Key, int Metric, double Value, long AtMs, long ArrivedMs);

/// <summary>
/// Events kept for 10 minutes in case an exposure arrives; at most 4 096, the oldest are dropped first.
/// </summary>
internal sealed class HeldTracks
{
    public const int Capacity = 4_096;
    public const long KeptMs = 10 * 60 * 1_000;

    private const int None = -1;
    private const int MinCapacity = 16;

    // As many chains as nodes: both grow as they are used, for most shards never hold anything.
    private int[] heads = [];
    private Node[] nodes = [];
    private int used;
    private int free = None;
    private int oldest = None;
    private int newest = None;

    public int Count { get; private set; }

    public long MemoryBytes => (4L * heads.LongLength) + (56L * nodes.LongLength);

    public void Clear()
    {
        heads = [];
        nodes = [];
        used = 0;
        (free, oldest, newest) = (None, None, None);
        Count = 0;
    }

    /// <summary>True when the oldest is kept too long.</summary>
    public bool HasExpired(long nowMs) => Count > 0 && nodes[oldest].Track.ArrivedMs < nowMs - KeptMs;

    /// <summary>Drops what is kept too long; answers how many.</summary>
    public int Expire(long nowMs)
    {
        var dropped = 0;
        for (; HasExpired(nowMs); dropped++)
        {
            Remove(oldest);
        }

        return dropped;
    }

    /// <summary>Keeps one more; answers how many older ones were dropped for it (0 or 1).</summary>
    public int Add(HeldTrack track)
    {
        var dropped = 0;
        if (Count == Capacity)
        {
            Remove(oldest);
            dropped = 1;
        }

        var at = Take();
        nodes[at] = new Node { Track = track, Older = newest, Newer = None, NextInChain = None };
        if (newest == None)
        {
            oldest = at;
        }
        else
        {
            nodes[newest].Newer = at;
        }

        newest = at;
        Link(at);
        Count++;
        return dropped;
    }

    /// <summary>Takes out the key's oldest event.</summary>
    public bool TryTake(ulong key, out HeldTrack track)
    {
        for (var at = Count == 0 ? None : heads[Chain(key)]; at != None; at = nodes[at].NextInChain)
        {
            if (nodes[at].Track.Key == key)
            {
                track = nodes[at].Track;
                Remove(at);
                return true;
            }
        }

        track = default;
        return false;
    }

    /// <summary>How many events of the key are held.</summary>
    public int CountOf(ulong key)
    {
        var count = 0;
        for (var at = Count == 0 ? None : heads[Chain(key)]; at != None; at = nodes[at].NextInChain)
        {
            count += nodes[at].Track.Key == key ? 1 : 0;
        }

        return count;
    }

    /// <summary>All, oldest first.</summary>
    public IEnumerable<HeldTrack> All()
    {
        for (var at = oldest; at != None; at = nodes[at].Newer)
        {
            yield return nodes[at].Track;
        }
    }

    private int Chain(ulong key) => (int)((key >> 32) & (ulong)(heads.Length - 1));

    private int Take()
    {
        if (free != None)
        {
            var at = free;
            free = nodes[at].NextInChain;
            return at;
        }

        if (used == nodes.Length)
        {
            Grow();
        }

        return used++;
    }

    private void Grow()
    {
        Array.Resize(ref nodes, Math.Max(MinCapacity, used * 2));
        heads = new int[nodes.Length];
        Array.Fill(heads, None);
        for (var at = oldest; at != None; at = nodes[at].Newer)
        {
            nodes[at].NextInChain = None;
            Link(at);
        }
    }

    /// <summary>Appends to the chain of its key, so that chains are in order of arrival.</summary>
    private void Link(int at)
    {
        ref var link = ref heads[Chain(nodes[at].Track.Key)];
        while (link != None)
        {
            link = ref nodes[link].NextInChain;
        }

        link = at;
    }

    private void Remove(int at)
    {
        ref var node = ref nodes[at];
        ref var link = ref heads[Chain(node.Track.Key)];
        while (link != at)
        {
            link = ref nodes[link].NextInChain;
        }

        link = node.NextInChain;
        if (node.Older == None)
        {
            oldest = node.Newer;
        }
        else
        {
            nodes[node.Older].Newer = node.Newer;
        }

        if (node.Newer == None)
        {
            newest = node.Older;
        }
        else
        {
            nodes[node.Newer].Older = node.Older;
        }

        node = new Node { NextInChain = free };
        free = at;
        Count--;
    }

    private struct Node
    {
        public HeldTrack Track;
        public int Older;
        public int Newer;
        public int NextInChain;
    }
}
