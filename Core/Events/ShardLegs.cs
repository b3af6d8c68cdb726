using System.Collections;

namespace Bandstand.Events;

/// <summary>The legs of one batch: one for each shard that is concerned, in the order in which they came to be.</summary>
/// <remarks>Not thread-safe; made to be used again, so that a steady stream allocates nothing.</remarks>
internal sealed class ShardLegs : IReadOnlyList<ShardLeg>
{
    private readonly List<ShardLeg> legs = [];
    private int[] legOfShard = [];
    private long[] stampOfShard = [];
    private long stamp;
    private ulong producer;
    private long sequence;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public ShardLeg this[int index] => index < Count ? legs[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Begins a batch without legs.</summary>
    /// <param name="shards">All shards there are.</param>
    /// <param name="producer">The hash of its producer, or 0.</param>
    /// <param name="sequence">The producer's sequence.</param>
    public void Reset(int shards, ulong producer, long sequence)
    {
        (this.producer, this.sequence) = (producer, sequence);
        Count = 0;
        stamp++;
        if (legOfShard.Length < shards)
        {
            legOfShard = new int[shards];
            stampOfShard = new long[shards];
        }
    }

    /// <summary>The leg of a shard, which begins with its first event.</summary>
    /// <param name="number">The shard's number among all.</param>
    /// <param name="target">The number of its experiment.</param>
    /// <param name="shard">Its number in the experiment.</param>
    public ShardLeg Of(int number, int target, int shard)
    {
        if (stampOfShard[number] == stamp)
        {
            return legs[legOfShard[number]];
        }

        if (Count == legs.Count)
        {
            legs.Add(new ShardLeg());
        }

        var leg = legs[Count];
        leg.Reset(target, shard, producer, sequence);
        stampOfShard[number] = stamp;
        legOfShard[number] = Count++;
        return leg;
    }

    /// <inheritdoc/>
    public IEnumerator<ShardLeg> GetEnumerator() => legs.Take(Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
