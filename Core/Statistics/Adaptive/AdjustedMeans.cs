namespace Bandstand.Statistics.Adaptive;

/// <summary>
/// The means of several alternatives as if every epoch had been spread over them alike: what they are ranked by where weights changed.
/// </summary>
/// <remarks>
/// Source: two-way least squares, mean = level of the alternative + level of the epoch, weighted by participants (Yates 1934, JASA 29).
/// Of two alternatives the difference is that of <see cref="StratifiedDifference.LeastVariance"/>. Alternatives that epochs connect keep
/// the mean over all their participants; what no epoch connects with others keeps its own. Solved by Cholesky's method after the epochs
/// are eliminated. Pure.
/// </remarks>
public static class AdjustedMeans
{
    /// <summary>The adjusted means.</summary>
    /// <param name="epochs">By epoch and alternative: the moments. All epochs list the same alternatives.</param>
    /// <returns>One number per alternative; 0 for one without participants.</returns>
    public static double[] Of(IReadOnlyList<Moments[]> epochs)
    {
        var result = new double[epochs.Count == 0 ? 0 : epochs[0].Length];
        foreach (var members in Connected(epochs, result.Length))
        {
            var total = members.Select(k => epochs.Aggregate(default(Moments), (sum, epoch) => sum + epoch[k])).ToArray();
            var all = total.Aggregate(default(Moments), (sum, arm) => sum + arm);
            var level = Levels(epochs, members);
            var shift = all.Mean - total.Select((arm, i) => (double)arm.Count / all.Count * level[i]).Sum();
            for (var i = 0; i < members.Length; i++)
            {
                result[members[i]] = level[i] + shift;
            }
        }

        return result;
    }

    /// <summary>The alternatives with participants, those together that share an epoch, or share one with a third that does.</summary>
    private static IEnumerable<int[]> Connected(IReadOnlyList<Moments[]> epochs, int arms)
    {
        var group = Enumerable.Range(0, arms).ToArray();
        foreach (var epoch in epochs)
        {
            var present = Enumerable.Range(0, arms).Where(k => epoch[k].Count > 0).Select(k => group[k]).ToHashSet();
            if (present.Count > 1)
            {
                var first = present.Min();
                for (var k = 0; k < arms; k++)
                {
                    group[k] = present.Contains(group[k]) ? first : group[k];
                }
            }
        }

        return Enumerable.Range(0, arms).Where(k => epochs.Any(epoch => epoch[k].Count > 0)).GroupBy(k => group[k]).Select(g => g.ToArray());
    }

    /// <summary>The levels of connected alternatives over the first one's, by the normal equations without the epochs.</summary>
    private static double[] Levels(IReadOnlyList<Moments[]> epochs, int[] members)
    {
        var free = members[1..];
        double[][] matrix = [.. free.Select(_ => new double[free.Length])];
        var right = new double[free.Length];
        foreach (var epoch in epochs)
        {
            var all = members.Aggregate(default(Moments), (sum, k) => sum + epoch[k]);
            for (var i = 0; i < free.Length; i++)
            {
                var own = epoch[free[i]];
                if (own.Count == 0)
                {
                    continue;
                }

                right[i] += own.Count * (own.Mean - all.Mean);
                matrix[i][i] += own.Count;
                for (var j = 0; j <= i; j++)
                {
                    matrix[i][j] -= (double)own.Count / all.Count * epoch[free[j]].Count;
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
