namespace Bandstand.Allocation;

/// <summary>
/// Relative weights as whole numbers that sum to 10 000, the number of buckets, so that a logged probability is exact.
/// </summary>
/// <remarks>
/// Largest remainder (Hamilton's method) after water-filling: who would fall below the least gets the least, and the others share
/// what remains in their proportions. Ties go to the earlier alternative, so the same weights always give the same numbers.
/// Thread-safe.
/// </remarks>
public static class WholeWeights
{
    /// <summary>What the weights sum to.</summary>
    public const int Sum = 10_000;

    /// <summary>Turns weights into whole numbers. An alternative of weight 0 gets 0, any other at least 1.</summary>
    /// <param name="weights">Finite numbers from 0, at least one over 0.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or all are 0.</exception>
    public static int[] Of(IReadOnlyList<double> weights) => Of(weights, [.. weights.Select(w => w > 0)], 1);

    /// <summary>Turns weights into whole numbers with a least for every open alternative.</summary>
    /// <param name="weights">Finite numbers from 0; when all that are open are 0, these share evenly.</param>
    /// <param name="open">By alternative: false gets 0 whatever its weight. At least one is open.</param>
    /// <param name="least">From 0; lowered to an even share where the alternatives are too many for it.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or none is open.</exception>
    public static int[] Of(IReadOnlyList<double> weights, IReadOnlyList<bool> open, int least)
    {
        if (weights.Count != open.Count || weights.Any(w => !double.IsFinite(w) || w < 0) || !open.Contains(true))
        {
            throw new ArgumentException("Weights must be finite numbers from 0, one an alternative, of which at least one is open.", nameof(weights));
        }

        var members = Enumerable.Range(0, weights.Count).Where(i => open[i]).ToList();
        least = Math.Min(least, Sum / members.Count);
        var greatest = members.Max(i => weights[i]);
        var scaled = weights.Select(w => greatest > 0 ? w / greatest : 1).ToArray(); // So that no sum overflows.
        var shares = Fill(scaled, members, least, Sum);
        var result = new int[weights.Count];
        foreach (var i in members)
        {
            result[i] = (int)Math.Floor(shares[i]);
        }

        // Rounded, so that what is a tie on paper is one here.
        var left = Sum - result.Sum();
        foreach (var i in members.OrderByDescending(i => Math.Round(shares[i] - result[i], 9)).ThenBy(i => i).Take(left))
        {
            result[i]++;
        }

        return result;
    }

    /// <summary>The least whole weight that keeps a floor, never more than an even share.</summary>
    /// <param name="floor">The least probability, 0 to 1.</param>
    /// <param name="alternatives">How many are open.</param>
    public static int Least(double floor, int alternatives)
        => Math.Clamp((int)Math.Ceiling((floor * Sum) - 1e-9), 1, Math.Max(1, Sum / Math.Max(1, alternatives)));

    /// <summary>Water-filling: shares of the members that sum to a total, none below the least; the others are scaled down until that holds.</summary>
    internal static double[] Fill(double[] weights, List<int> members, double least, double total)
    {
        var shares = new double[weights.Length];
        var free = members;
        while (true)
        {
            var rest = total - (least * (members.Count - free.Count));
            var sum = free.Sum(i => weights[i]);
            foreach (var i in free)
            {
                shares[i] = sum > 0 ? weights[i] / sum * rest : rest / free.Count;
            }

            var above = free.Where(i => shares[i] >= least).ToList();
            if (above.Count == free.Count)
            {
                return shares;
            }

            foreach (var i in free.Except(above))
            {
                shares[i] = least;
            }

            free = above;
        }
    }
}
