using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Sixteen-point Gauss–Legendre quadrature on [−1, 1] with matrices that integrate the interpolating polynomial up to
/// each node, so that a density and its running integral come from the same sixteen values.
/// </summary>
internal static class GaussLegendre
{
    /// <summary>Nodes of a panel.</summary>
    public const int Nodes = 16;

    /// <summary>The nodes, ascending.</summary>
    public static readonly double[] X = new double[Nodes];

    /// <summary>Their weights.</summary>
    public static readonly double[] W = new double[Nodes];

    private const int Half = Nodes / 2;

    /// <summary>Column k, from index 8 k: what the sum of the values at ±xₖ adds to the integral from 0 to each of the nodes above 0.</summary>
    private static readonly double[] Even = new double[Half * Half];

    /// <summary>The same of the difference of the values at xₖ and −xₖ, and of the integral from −1 less half of all.</summary>
    private static readonly double[] Odd = new double[Half * Half];

    static GaussLegendre()
    {
        // To two digits; Newton's method does the rest, without a cosine that might differ between machines.
        double[] near = [0.10, 0.28, 0.46, 0.62, 0.76, 0.87, 0.94, 0.99];
        Span<double> p = stackalloc double[Nodes + 2];
        for (var i = 0; i < Nodes; i++)
        {
            var x = i < Half ? -near[Half - 1 - i] : near[i - Half];
            var slope = 1.0;
            for (var round = 0; round < 8; round++)
            {
                Legendre(x, p);
                slope = Nodes * ((x * p[Nodes]) - p[Nodes - 1]) / ((x * x) - 1);
                x -= p[Nodes] / slope;
            }

            X[i] = x;
            W[i] = 2 / ((1 - (x * x)) * slope * slope);
        }

        for (var k = 0; k < Half; k++)
        {
            for (var m = 0; m < Half; m++)
            {
                var (above, below) = (Integral(Half + k, Half + m), Integral(Half - 1 - k, Half + m));
                Even[(k * Half) + m] = 0.5 * (above + below - W[Half + k]);
                Odd[(k * Half) + m] = 0.5 * (above - below);
            }
        }
    }

    /// <summary>Four numbers from a table of nodes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> At(double[] table, int index) => Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(table), (nuint)index);

    /// <summary>The weighted sum of the values at the nodes: the integral over [−1, 1].</summary>
    public static double Integral(ref readonly double values)
    {
        var sum = At(W, 0) * Vector256.LoadUnsafe(in values);
        for (var n = 4; n < Nodes; n += 4)
        {
            sum += At(W, n) * Vector256.LoadUnsafe(in values, (nuint)n);
        }

        return Add(sum);
    }

    /// <summary>The integral of a product over [−1, 1].</summary>
    public static double Integral(ref readonly double one, ref readonly double other)
    {
        var sum = At(W, 0) * Vector256.LoadUnsafe(in one) * Vector256.LoadUnsafe(in other);
        for (var n = 4; n < Nodes; n += 4)
        {
            sum += At(W, n) * Vector256.LoadUnsafe(in one, (nuint)n) * Vector256.LoadUnsafe(in other, (nuint)n);
        }

        return Add(sum);
    }

    /// <summary>
    /// The integral from −1 to each node. Even and odd part apart, which halves the work: the integral of the even part from the middle is odd, that of
    /// the odd part from −1 even. Where the values climb steeply it may swing about 0 at the lower nodes; that is right on average, and must not be cut off.
    /// </summary>
    /// <param name="values">The values at the nodes.</param>
    /// <param name="start">What the integral is added to.</param>
    /// <param name="all">The integral over [−1, 1], multiplied already.</param>
    /// <param name="scale">What values are multiplied by.</param>
    /// <param name="integrals">Room for sixteen numbers.</param>
    public static void Running(ref readonly double values, double start, double all, double scale, ref double integrals)
    {
        var (e0, e1, o0, o1) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        for (var k = 0; k < Half; k++)
        {
            var (above, below) = (Unsafe.Add(ref Unsafe.AsRef(in values), Half + k), Unsafe.Add(ref Unsafe.AsRef(in values), Half - 1 - k));
            var (sum, difference) = (Vector256.Create(above + below), Vector256.Create(above - below));
            e0 += sum * At(Even, k * Half);
            e1 += sum * At(Even, (k * Half) + 4);
            o0 += difference * At(Odd, k * Half);
            o1 += difference * At(Odd, (k * Half) + 4);
        }

        var (middle, unit) = (Vector256.Create(start + (0.5 * all)), Vector256.Create(scale));
        (middle + (unit * (o0 + e0))).StoreUnsafe(ref integrals, Half);
        (middle + (unit * (o1 + e1))).StoreUnsafe(ref integrals, Half + 4);
        (middle + (unit * Reversed(o0 - e0))).StoreUnsafe(ref integrals, 4);
        (middle + (unit * Reversed(o1 - e1))).StoreUnsafe(ref integrals);
    }

    /// <summary>In a fixed order, so that every machine gives the same bits.</summary>
    public static double Add(Vector256<double> sum) => sum.GetElement(0) + sum.GetElement(1) + (sum.GetElement(2) + sum.GetElement(3));

    private static Vector256<double> Reversed(Vector256<double> values) => Vector256.Shuffle(values, Vector256.Create(3L, 2, 1, 0));

    /// <summary>What node n adds to the integral from −1 to node m: that of the k-th Legendre polynomial is (P(k+1) − P(k−1)) / (2k + 1).</summary>
    private static double Integral(int n, int m)
    {
        Span<double> at = stackalloc double[Nodes + 2];
        Span<double> p = stackalloc double[Nodes + 2];
        Legendre(X[m], at);
        Legendre(X[n], p);
        var sum = X[m] + 1;
        for (var k = 1; k < Nodes; k++)
        {
            sum += p[k] * (at[k + 1] - at[k - 1]);
        }

        return W[n] * sum / 2;
    }

    private static void Legendre(double x, Span<double> p)
    {
        p[0] = 1;
        p[1] = x;
        for (var k = 1; k <= Nodes; k++)
        {
            p[k + 1] = ((((2 * k) + 1) * x * p[k]) - (k * p[k - 1])) / (k + 1);
        }
    }
}
