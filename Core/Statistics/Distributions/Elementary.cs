using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Distributions;

/// <summary>
/// Exponentials and logarithms from additions, multiplications and divisions alone, four numbers at a time: the same bits on every
/// machine, which the functions of <see cref="Math"/> do not promise, and several times faster. What weights are computed with.
/// </summary>
/// <remarks>
/// Reduction by powers of two (Cody and Waite 1980), then Taylor's series of eʳ − 1 or of 2 artanh. No fused multiply-add, which
/// not every machine has. Measured against 60-digit values: relative error below 4e-16. Pure, safe to call from any thread.
/// </remarks>
internal static class Elementary
{
    private const double LogTwoHigh = 6.93147180369123816490e-01;
    private const double LogTwoLow = 1.90821492927058770002e-10;
    private const double OverLogTwo = 1.44269504088896338700;

    /// <summary>Adding 1.5 × 2^52 leaves a rounded whole number in the last bits.</summary>
    private const double Rounder = 6755399441055744;

    private const long BitsOfRootHalf = 0x3FE6A09E667F3BCD;
    private const long BitsOfOne = 0x3FF0000000000000;

    /// <summary>eˣ; 0 below −708.</summary>
    /// <param name="x">At most 709.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        var least = Vector256.Create(-708.0);
        var isZero = Vector256.LessThan(x, least);
        var fraction = Fraction(Vector256.ConditionalSelect(isZero, least, x), out var power);
        return Vector256.AndNot(power + (power * fraction), isZero.AsDouble());
    }

    /// <summary>eˣ − 1, with full relative precision near 0.</summary>
    /// <param name="x">At most 709 in magnitude.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ExpM1(Vector256<double> x)
    {
        var fraction = Fraction(x, out var power);
        return (power * fraction) + (power - Vector256<double>.One);
    }

    /// <summary>ln(1 + w), with full relative precision near 0.</summary>
    /// <param name="w">Above −1 and finite.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log1P(Vector256<double> w)
    {
        var one = Vector256<double>.One;
        var sum = one + w;
        var mantissa = Mantissa(sum, out var exponent);

        // What rounding 1 + w lost; where the exponent is 0, w itself is exact.
        var isPlain = Vector256.Equals(exponent, Vector256<double>.Zero);
        var f = Vector256.ConditionalSelect(isPlain, w, mantissa - one);
        var lost = Vector256.ConditionalSelect(isPlain, Vector256<double>.Zero, (w - (sum - one)) / sum);
        return (exponent * LogTwoHigh) + (LogOfRatio(f) + (lost + (exponent * LogTwoLow)));
    }

    /// <summary>ln x.</summary>
    /// <param name="x">Above 1e-307 and finite.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> x)
    {
        var mantissa = Mantissa(x, out var exponent);
        return (exponent * LogTwoHigh) + (LogOfRatio(mantissa - Vector256<double>.One) + (exponent * LogTwoLow));
    }

    /// <summary>eˣ; 0 below −708.</summary>
    /// <param name="x">At most 709.</param>
    public static double Exp(double x) => Exp(Vector256.Create(x)).ToScalar();

    /// <summary>eˣ − 1, with full relative precision near 0.</summary>
    /// <param name="x">At most 709 in magnitude.</param>
    public static double ExpM1(double x) => ExpM1(Vector256.Create(x)).ToScalar();

    /// <summary>ln(1 + w), with full relative precision near 0.</summary>
    /// <param name="w">Above −1 and finite.</param>
    public static double Log1P(double w) => Log1P(Vector256.Create(w)).ToScalar();

    /// <summary>ln x.</summary>
    /// <param name="x">Above 0 and finite.</param>
    public static double Log(double x)
        => x < 1e-300 ? Log(Vector256.Create(x * 1267650600228229401496703205376.0)).ToScalar() - (100 * (LogTwoHigh + LogTwoLow)) : Log(Vector256.Create(x)).ToScalar();

    /// <summary>eˣ = power × (1 + fraction), the power being one of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Fraction(Vector256<double> x, out Vector256<double> power)
    {
        var rounder = Vector256.Create(Rounder);
        var shifted = (x * OverLogTwo) + rounder;
        var k = shifted - rounder;
        var r = x - (k * LogTwoHigh) - (k * LogTwoLow);
        power = Vector256.ShiftLeft(shifted.AsInt64() - rounder.AsInt64() + Vector256.Create(1023L), 52).AsDouble();

        // r + r²/2! + … + r¹³/13!, |r| up to ½ ln 2; odd and even powers apart, neither of which waits for the other.
        var square = r * r;
        var even = Vector256.Create(1.0 / 479001600);
        even = (even * square) + Vector256.Create(1.0 / 3628800);
        even = (even * square) + Vector256.Create(1.0 / 40320);
        even = (even * square) + Vector256.Create(1.0 / 720);
        even = (even * square) + Vector256.Create(1.0 / 24);
        even = (even * square) + Vector256.Create(0.5);
        var odd = Vector256.Create(1.0 / 6227020800);
        odd = (odd * square) + Vector256.Create(1.0 / 39916800);
        odd = (odd * square) + Vector256.Create(1.0 / 362880);
        odd = (odd * square) + Vector256.Create(1.0 / 5040);
        odd = (odd * square) + Vector256.Create(1.0 / 120);
        odd = (odd * square) + Vector256.Create(1.0 / 6);
        return r + (square * (even + (r * odd)));
    }

    /// <summary>x = mantissa × 2^exponent with the mantissa from √½ to √2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mantissa(Vector256<double> x, out Vector256<double> exponent)
    {
        var bits = x.AsInt64() + Vector256.Create(BitsOfOne - BitsOfRootHalf);
        var rounder = Vector256.Create(Rounder);
        exponent = (Vector256.ShiftRightLogical(bits, 52) - Vector256.Create(1023L) + rounder.AsInt64()).AsDouble() - rounder;
        return ((bits & Vector256.Create(0x000FFFFFFFFFFFFFL)) + Vector256.Create(BitsOfRootHalf)).AsDouble();
    }

    /// <summary>ln(1 + f) = 2 artanh(f/(2 + f)), f from √½ − 1 to √2 − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LogOfRatio(Vector256<double> f)
    {
        var s = f / (f + Vector256.Create(2.0));
        var z = s * s;

        // 1/3 + z/5 + … + z¹⁰/23, every other power apart.
        var square = z * z;
        var even = Vector256.Create(1.0 / 23);
        even = (even * square) + Vector256.Create(1.0 / 19);
        even = (even * square) + Vector256.Create(1.0 / 15);
        even = (even * square) + Vector256.Create(1.0 / 11);
        even = (even * square) + Vector256.Create(1.0 / 7);
        even = (even * square) + Vector256.Create(1.0 / 3);
        var odd = Vector256.Create(1.0 / 21);
        odd = (odd * square) + Vector256.Create(1.0 / 17);
        odd = (odd * square) + Vector256.Create(1.0 / 13);
        odd = (odd * square) + Vector256.Create(1.0 / 9);
        odd = (odd * square) + Vector256.Create(1.0 / 5);
        var sum = even + (z * odd);

        // 2s = f − f s keeps the digits that 2s alone would lose.
        return f - (s * (f - (2 * z * sum)));
    }
}
