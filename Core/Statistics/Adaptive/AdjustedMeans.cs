namespace Bandstand.Statistics.Adaptive;

/// <summary>
/// The means of several alternatives as if every epoch had been spread over them alike: what they are ranked by, and what a bandit goes by,
/// where weights changed.
/// </summary>
/// <remarks>
/// Source: two-way least squares, mean = level of the alternative + level of the epoch, weighted by participants (Yates 1934, JASA 29).
/// Of two alternatives the difference is that of <see cref="StratifiedDifference.LeastVariance"/>. Alternatives that epochs connect keep
/// the mean over all their participants; what no epoch connects with others keeps its own. Solved by Cholesky's method after the epochs
/// are eliminated, in a time that grows with epochs × alternatives². Pure.
/// </remarks>
public static class AdjustedMeans
{
    /// <summary>The adjusted means.</summary>
    /// <param name="epochs">By epoch and alternative: the moments. All epochs list the same alternatives.</param>
    /// <returns>One number per alternative; 0 for one without participants.</returns>
    public static double[] Of(IReadOnlyList<Moments[]> epochs) => [.. Of(epochs, null).Select(arm => arm.Mean)];

    /// <summary>The adjusted means with what they are worth, where epochs may count differently.</summary>
    /// <param name="epochs">By epoch and alternative: the moments. All epochs list the same alternatives.</param>
    /// <param name="factors">By epoch: how much each of its participants counts, over 0 and at most 1; null: all count 1.</param>
    /// <returns>One per alternative.</returns>
    /// <remarks>
    /// Worth: of the information that participants hold about an alternative's difference from the others, Σ n s (1 − s) over epochs, s being its
    /// share of the epoch's n, as part of what the same totals would hold in a single epoch. For two alternatives that is exact.
    /// </remarks>
    public static AdjustedMean[] Of(IReadOnlyList<Moments[]> epochs, IReadOnlyList<double>? factors)
    {
        var result = new AdjustedMean[epochs.Count == 0 ? 0 : epochs[0].Length];
        foreach (var members in Connected(epochs, result.Length))
        {
            Adjust(epochs, factors, members, result);
        }

        return result;
    }

    private static void Adjust(IReadOnlyList<Moments[]> epochs, IReadOnlyList<double>? factors, int[] members, AdjustedMean[] result)
    {
        var level = Levels(epochs, factors, members);
        double[] counted = new double[members.Length], told = new double[members.Length], squares = new double[members.Length];
        double all = 0, sum = 0;
        for (var e = 0; e < epochs.Count; e++)
        {
            var (size, total) = Size(epochs[e], members, level);
            var factor = factors?[e] ?? 1;
            for (var i = 0; i < members.Length && size > 0; i++)
            {
                var arm = epochs[e][members[i]];
                var off = arm.Mean - level[i] - (total / size);
                counted[i] += factor * arm.Count;
                told[i] += factor * arm.Count * (1 - (arm.Count / size));
                squares[i] += factor * (arm.M2 + (arm.Count * off * off));
                all += factor * arm.Count;
                sum += factor * arm.Count * (arm.Mean - level[i]);
            }
        }

        for (var i = 0; i < members.Length; i++)
        {
            var apart = counted[i] * (1 - (counted[i] / all));
            var worth = apart > 0 ? counted[i] * Math.Min(1, told[i] / apart) : counted[i]; // Nobody else, or next to nobody.
            result[members[i]] = new AdjustedMean(level[i] + (sum / all), counted[i], worth, squares[i]);
        }
    }

    /// <summary>An epoch's participants, and the sum of what they did beyond their alternatives' levels.</summary>
    private static (double Size, double Total) Size(Moments[] epoch, int[] members, double[] level)
    {
        double size = 0, total = 0;
        for (var i = 0; i < members.Length; i++)
        {
            size += epoch[members[i]].Count;
            total += epoch[members[i]].Count * (epoch[members[i]].Mean - level[i]);
        }

        return (size, total);
    }

    /// <summary>The alternatives with participants, those together that share an epoch, or share one with a third that does.</summary>
    private static IEnumerable<int[]> Connected(IReadOnlyList<Moments[]> epochs, int arms)
    {
        var group = Enumerable.Range(0, arms).ToArray();
        var present = new bool[arms];
        foreach (var epoch in epochs)
        {
            var first = -1;
            for (var k = 0; k < arms; k++)
            {
                present[k] |= epoch[k].Count > 0;
                if (epoch[k].Count == 0 || first == group[k])
                {
                    continue;
                }

                if (first < 0)
                {
                    first = group[k];
                    continue;
                }

                var (kept, joined) = (Math.Min(first, group[k]), Math.Max(first, group[k]));
                for (var other = 0; other < arms; other++)
                {
                    group[other] = group[other] == joined ? kept : group[other];
                }

                first = kept;
            }
        }

        return Enumerable.Range(0, arms).Where(k => present[k]).GroupBy(k => group[k]).Select(g => g.ToArray());
    }

    /// <summary>The levels of connected alternatives over the first one's, by the normal equations without the epochs.</summary>
    private static double[] Levels(IReadOnlyList<Moments[]> epochs, IReadOnlyList<double>? factors, int[] members)
    {
        var free = members[1..];
        double[][] matrix = [.. free.Select(_ => new double[free.Length])];
        var right = new double[free.Length];
        var none = new double[members.Length];
        for (var e = 0; e < epochs.Count && free.Length > 0; e++)
        {
            var (size, total) = Size(epochs[e], members, none);
            for (var i = 0; i < free.Length; i++)
            {
                var own = epochs[e][free[i]];
                if (own.Count == 0)
                {
                    continue;
                }

                var count = (factors?[e] ?? 1) * own.Count;
                right[i] += count * (own.Mean - (total / size));
                matrix[i][i] += count;
                for (var j = 0; j <= i; j++)
                {
                    matrix[i][j] -= count / size * epochs[e][free[j]].Count;
                }
            }
        }

        Solve(matrix, right);
        return [0, .. right];
    }

    /// <summary>Cholesky: the lower triangle is overwritten by its factor, the right-hand side by the solution.</summary>
    private static void Solve(double[][] matrix, double[] right)
    {
        for (var i = 0; i < right.Length; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i][j];
                for (var k = 0; k < j; k++)
                {
                    sum -= matrix[i][k] * matrix[j][k];
                }

                matrix[i][j] = i == j ? Math.Sqrt(Math.Max(sum, double.Epsilon)) : sum / matrix[j][j];
            }
        }

        for (var i = 0; i < right.Length; i++)
        {
            for (var k = 0; k < i; k++)
            {
                right[i] -= matrix[i][k] * right[k];
            }

            right[i] /= matrix[i][i];
        }

        for (var i = right.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < right.Length; k++)
            {
                right[i] -= matrix[k][i] * right[k];
            }

            right[i] /= matrix[i][i];
        }
    }
}
