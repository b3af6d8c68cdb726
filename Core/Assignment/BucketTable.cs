namespace Bandstand.Assignment;

/// <summary>
/// What an epoch's weights mean for each of the 10 000 buckets: which alternative, or none when outside the traffic; and the
/// exact probability of each alternative, its share of the buckets in the traffic. Immutable.
/// </summary>
public sealed class BucketTable
{
    /// <summary>Outside the traffic.</summary>
    public const short None = -1;

    private readonly short[] buckets;
    private readonly double[] probabilities;

    private BucketTable(short[] buckets, double[] probabilities)
    {
        this.buckets = buckets;
        this.probabilities = probabilities;
    }

    /// <summary>By bucket: the alternative's index, or <see cref="None"/>.</summary>
    public ReadOnlyMemory<short> Buckets => buckets;

    /// <summary>By alternative: its share of the buckets in the traffic, 0 to 1; all 0 when no bucket is.</summary>
    public IReadOnlyList<double> Probabilities => probabilities;

    /// <summary>The table of GrowthBook's ranges.</summary>
    /// <param name="weights">By alternative: whole numbers from 0 that sum to 10 000.</param>
    /// <param name="traffic">The fraction of each alternative's range that takes part, 0 to 1.</param>
    public static BucketTable Of(IReadOnlyList<int> weights, double traffic)
    {
        var ranges = BucketRanges.Of(weights.Count, traffic, [.. weights.Select(w => (double)w / GrowthBookHash.Buckets)]);
        var buckets = new short[GrowthBookHash.Buckets];
        Array.Fill(buckets, None);

        // Ranges follow each other and do not overlap.
        var counts = new int[weights.Count];
        for (var range = 0; range < ranges.Length; range++)
        {
            var (from, to) = (First(ranges[range].From), First(ranges[range].To));
            counts[range] = to - from;
            buckets.AsSpan(from, to - from).Fill((short)range);
        }

        var all = counts.Sum();
        return new BucketTable(buckets, [.. counts.Select(count => all == 0 ? 0 : (double)count / all)]);
    }

    /// <summary>The first bucket whose hash is not below a bound, at most the number of buckets.</summary>
    private static int First(double bound)
    {
        var bucket = (int)Math.Clamp(Math.Ceiling(bound * GrowthBookHash.Buckets), 0, GrowthBookHash.Buckets);

        // The product is rounded, and the last bit decides.
        while (bucket > 0 && (double)(bucket - 1) / GrowthBookHash.Buckets >= bound)
        {
            bucket--;
        }

        while (bucket < GrowthBookHash.Buckets && (double)bucket / GrowthBookHash.Buckets < bound)
        {
            bucket++;
        }

        return bucket;
    }

    /// <summary>
    /// The table of a hash that chooses evenly by itself: it only says who is in the traffic (the first buckets), the
    /// alternative entered there being the first open one.
    /// </summary>
    /// <param name="open">By alternative: whether it can be chosen.</param>
    /// <param name="traffic">The fraction of the buckets that take part, 0 to 1.</param>
    public static BucketTable Even(IReadOnlyList<bool> open, double traffic)
    {
        var buckets = new short[GrowthBookHash.Buckets];
        var first = open.Select((isOpen, index) => isOpen ? index : int.MaxValue).Min();
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            buckets[bucket] = (double)bucket / GrowthBookHash.Buckets < traffic ? (short)first : None;
        }

        var share = buckets[0] == None ? 0 : 1.0 / open.Count(isOpen => isOpen);
        return new BucketTable(buckets, [.. open.Select(isOpen => isOpen ? share : 0)]);
    }
}
