namespace Bandstand.Assignment;

/// <summary>The part of 0 to 1 that belongs to one alternative.</summary>
/// <param name="From">Its start.</param>
/// <param name="To">Its end, which is not in it.</param>
public readonly record struct BucketRange(double From, double To)
{
    /// <summary>Whether a hash falls into it.</summary>
    /// <param name="hash">0 to below 1.</param>
    public bool Contains(double hash) => hash >= From && hash < To;
}

/// <summary>
/// GrowthBook's way from weights to alternatives, in its own order of double operations, so that the last bit decides alike.
/// Thread-safe.
/// </summary>
public static class BucketRanges
{
    /// <summary>Equal weights for <paramref name="count"/> alternatives; none when it is not positive.</summary>
    /// <param name="count">How many.</param>
    public static double[] EqualWeights(int count)
    {
        var weights = new double[Math.Max(0, count)];
        Array.Fill(weights, 1.0 / weights.Length);
        return weights;
    }

    /// <summary>The ranges of the alternatives, in order.</summary>
    /// <param name="count">How many alternatives.</param>
    /// <param name="coverage">The fraction of each range that takes part; below 0 counts as 0, over 1 as 1.</param>
    /// <param name="weights">
    /// Weights that sum to 1. Equal weights are used instead when there are none, when they are not <paramref name="count"/>, or
    /// when they sum to less than 0.99 or more than 1.01.
    /// </param>
    public static BucketRange[] Of(int count, double coverage, IReadOnlyList<double>? weights)
    {
        coverage = Math.Clamp(coverage, 0, 1);
        if (weights is null || weights.Count != count || weights.Sum() is < 0.99 or > 1.01)
        {
            weights = EqualWeights(count);
        }

        var ranges = new BucketRange[weights.Count];
        var cumulative = 0.0;
        for (var i = 0; i < ranges.Length; i++)
        {
            var start = cumulative;
            cumulative += weights[i];
            ranges[i] = new BucketRange(start, start + (coverage * weights[i]));
        }

        return ranges;
    }

    /// <summary>The first range that contains the hash, or −1.</summary>
    /// <param name="hash">0 to below 1.</param>
    /// <param name="ranges">The ranges.</param>
    public static int Choose(double hash, ReadOnlySpan<BucketRange> ranges)
    {
        for (var i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Contains(hash))
            {
                return i;
            }
        }

        return -1;
    }
}
