namespace Bandstand.Statistics;

/// <summary>
/// Count, means, sums of squared deviations and of their product of a set of pairs (x, y): what adjustment by a covariate and ratios of
/// totals need of a sample. Updated one pair at a time; two partial results add up, in any order.
/// </summary>
/// <remarks>
/// <para>Source: Welford (1962); merging: Chan, Golub and LeVeque (1979), eq. 2.1, for products as well (Pébay 2008, SAND2008-6212, eq. 3.6). Sums
/// of products are never formed.</para>
/// <para>Measured: the product agrees to 1e-9 relative with exact sums for 10 000 pairs whose means are 1e6 times their spread. <c>default</c> is the empty
/// sample. Immutable, safe to share between threads.</para>
/// </remarks>
/// <param name="Count">How many pairs, 0 or more.</param>
/// <param name="MeanX">The mean of the first numbers; 0 for the empty sample.</param>
/// <param name="MeanY">The mean of the second numbers; 0 for the empty sample.</param>
/// <param name="M2X">Sum of squared deviations of the first, 0 or more.</param>
/// <param name="M2Y">Sum of squared deviations of the second, 0 or more.</param>
/// <param name="Product">Sum of products of the two deviations.</param>
public readonly record struct JointMoments(long Count, double MeanX, double MeanY, double M2X, double M2Y, double Product)
{
    /// <summary>The moments of the first numbers alone.</summary>
    public Moments X => new(Count, MeanX, M2X);

    /// <summary>The moments of the second numbers alone.</summary>
    public Moments Y => new(Count, MeanY, M2Y);

    /// <summary>The moments of so many pairs that are all the same.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="x">The first number.</param>
    /// <param name="y">The second number.</param>
    public static JointMoments Of(long count, double x = 0, double y = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count == 0 ? default : new JointMoments(count, x, y, 0, 0, 0);
    }

    /// <summary>Adds one pair.</summary>
    /// <param name="x">A finite number of magnitude up to <see cref="Moments.MaxMagnitude"/>.</param>
    /// <param name="y">The same.</param>
    public JointMoments Add(double x, double y)
    {
        var count = Count + 1;
        double dx = x - MeanX, dy = y - MeanY;
        double meanX = MeanX + (dx / count), meanY = MeanY + (dy / count);
        return new JointMoments(count, meanX, meanY, M2X + (dx * (x - meanX)), M2Y + (dy * (y - meanY)), Product + (dx * (y - meanY)));
    }

    /// <summary>Changes one of the pairs, the count staying as it is.</summary>
    /// <param name="oldX">The pair's first number as it was added.</param>
    /// <param name="oldY">The pair's second number as it was added.</param>
    /// <param name="x">What takes its place.</param>
    /// <param name="y">What takes its place.</param>
    /// <exception cref="InvalidOperationException">The sample is empty.</exception>
    public JointMoments Replace(double oldX, double oldY, double x, double y)
    {
        if (Count <= 1)
        {
            return Count == 1 ? Of(1, x, y) : throw Empty();
        }

        double dx = x - oldX, dy = y - oldY;
        double meanX = MeanX + (dx / Count), meanY = MeanY + (dy / Count);
        return new JointMoments(
            Count,
            meanX,
            meanY,
            Math.Max(0, M2X + (dx * (x - meanX + (oldX - MeanX)))),
            Math.Max(0, M2Y + (dy * (y - meanY + (oldY - MeanY)))),
            Product + (dy * (oldX - MeanX)) + (dx * (y - meanY)));
    }

    /// <summary>Takes one pair out again.</summary>
    /// <param name="x">The pair's first number as it was added.</param>
    /// <param name="y">The pair's second number as it was added.</param>
    /// <exception cref="InvalidOperationException">The sample is empty.</exception>
    public JointMoments Remove(double x, double y)
    {
        if (Count <= 1)
        {
            return Count == 1 ? default : throw Empty();
        }

        var count = Count - 1;
        double dx = x - MeanX, dy = y - MeanY;
        double meanX = MeanX - (dx / count), meanY = MeanY - (dy / count);
        return count == 1
            ? Of(1, meanX, meanY)
            : new JointMoments(count, meanX, meanY, Math.Max(0, M2X - (dx * (x - meanX))), Math.Max(0, M2Y - (dy * (y - meanY))), Product - (dx * (y - meanY)));
    }

    /// <summary>The moments of both samples together. Adding the empty sample changes nothing, bit for bit.</summary>
    /// <param name="left">One sample.</param>
    /// <param name="right">The other.</param>
    public static JointMoments operator +(JointMoments left, JointMoments right)
    {
        if (left.Count == 0)
        {
            return right;
        }

        if (right.Count == 0)
        {
            return left;
        }

        var count = left.Count + right.Count;
        double dx = right.MeanX - left.MeanX, dy = right.MeanY - left.MeanY;
        var share = (double)right.Count / count;
        var weight = left.Count * share;
        return new JointMoments(
            count,
            left.MeanX + (dx * share),
            left.MeanY + (dy * share),
            left.M2X + right.M2X + (dx * dx * weight),
            left.M2Y + right.M2Y + (dy * dy * weight),
            left.Product + right.Product + (dx * dy * weight));
    }

    /// <summary>The same as <c>left + right</c>.</summary>
    /// <param name="left">One sample.</param>
    /// <param name="right">The other.</param>
    public static JointMoments Add(JointMoments left, JointMoments right) => left + right;

    private static InvalidOperationException Empty() => new("The sample is empty: only a pair that was added can be replaced or removed.");
}
