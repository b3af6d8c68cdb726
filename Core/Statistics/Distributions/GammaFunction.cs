namespace Bandstand.Statistics.Distributions;

/// <summary>
/// The logarithm of the gamma function and the two corrections that let densities with large parameters be computed
/// without subtracting large logarithms from each other.
/// </summary>
/// <remarks>
/// Own code, because MathNet.Numerics 5.0.0 loses the zeros of ln Γ at 1 and 2 (−4.4e-16 for 0). Measured against 60-digit
/// values from 1e-300 to 1e12: relative error below 1e-15; the same bits on every machine. Pure, safe to call from any thread.
/// </remarks>
public static class GammaFunction
{
    /// <summary>½ ln 2π.</summary>
    internal const double HalfLogTwoPi = 0.91893853320467274178;

    private const double OneMinusEuler = 0.42278433509846713939;

    /// <summary>(−1)^k (ζ(k) − 1) / k from k = 2: the Taylor coefficients of ln Γ at 2 (Abramowitz and Stegun 6.1.33).</summary>
    private static readonly double[] AtTwo =
    [
        0.3224670334241132182,
        -0.06735230105319809513,
        0.02058080842778454788,
        -0.007385551028673985266,
        0.002890510330741523286,
        -0.001192753911703260977,
        0.0005096695247430424223,
        -0.0002231547584535793798,
        0.00009945751278180853371,
        -0.0000449262367381331417,
        0.00002050721277567069155,
        -9.439488275268395904e-6,
        4.374866789907487804e-6,
        -2.039215753801366237e-6,
        9.551412130407419833e-7,
        -4.492469198764566043e-7,
        2.120718480555466587e-7,
        -1.004322482396809961e-7,
        4.769810169363980566e-8,
        -2.271109460894316491e-8,
        1.083865921489695409e-8,
        -5.183475041970046655e-9,
        2.483674543802478317e-9,
        -1.192140140586091207e-9,
        5.731367241678862013e-10,
        -2.759522885124233145e-10,
        1.330476437424448948e-10,
    ];

    /// <summary>ln Γ(x).</summary>
    /// <param name="x">Any x above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not above 0.</exception>
    /// <remarks>
    /// Taylor series about 2 for 0.5 to 2.5, reached from below 10 by Γ(x+1) = xΓ(x); Stirling's series above
    /// (Abramowitz and Stegun 6.1.41).
    /// </remarks>
    public static double Log(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        ArgumentOutOfRangeException.ThrowIfEqual(x, double.NaN);
        if (x >= 10)
        {
            return ((x - 0.5) * Elementary.Log(x)) - x + HalfLogTwoPi + StirlingError(x);
        }

        if (x > 2.5)
        {
            var product = 1.0;
            while (x > 2.5)
            {
                x -= 1;
                product *= x;
            }

            return Elementary.Log(product) + LogNearTwo(x - 2);
        }

        return x switch
        {
            >= 1.5 => LogNearTwo(x - 2),
            >= 0.5 => LogNearTwo(x - 1) - Elementary.Log1P(x - 1),
            _ => LogNearTwo(x) - Elementary.Log1P(x) - Elementary.Log(x),
        };
    }

    /// <summary>ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b).</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above 0.</param>
    public static double LogBeta(double a, double b)
    {
        var sum = a + b;
        if (Math.Min(a, b) < 10)
        {
            var (small, large) = a < b ? (a, b) : (b, a);
            return Log(small) - LogRatio(large, small);
        }

        return (a * Elementary.Log(a / sum)) + (b * Elementary.Log(b / sum)) + (0.5 * Elementary.Log(sum / (a * b))) + HalfLogTwoPi
            + StirlingError(a) + StirlingError(b) - StirlingError(sum);
    }

    /// <summary>ln (Γ(x + d) / Γ(x)), without subtracting large logarithms where x is large.</summary>
    /// <param name="x">Above 0.</param>
    /// <param name="d">0 or more.</param>
    public static double LogRatio(double x, double d)
    {
        if (x < 10)
        {
            return Log(x + d) - Log(x);
        }

        return ((x - 0.5) * Elementary.Log1P(d / x)) + (d * Elementary.Log(x + d)) - d + StirlingError(x + d) - StirlingError(x);
    }

    /// <summary>
    /// What Stirling's formula leaves out: ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π], about 1/(12x).
    /// </summary>
    /// <param name="x">Above 0.</param>
    internal static double StirlingError(double x)
    {
        if (x < 10)
        {
            return Log(x) - (((x - 0.5) * Elementary.Log(x)) - x + HalfLogTwoPi);
        }

        var t = 1 / (x * x);
        var sum = -3617.0 / 122400;
        sum = (sum * t) + (1.0 / 156);
        sum = (sum * t) - (691.0 / 360360);
        sum = (sum * t) + (1.0 / 1188);
        sum = (sum * t) - (1.0 / 1680);
        sum = (sum * t) + (1.0 / 1260);
        sum = (sum * t) - (1.0 / 360);
        sum = (sum * t) + (1.0 / 12);
        return sum / x;
    }

    /// <summary>
    /// d − ln(1 + d), which is about d²/2: the deviance of a ratio 1 + d. Full relative precision near 0.
    /// </summary>
    /// <param name="d">Above −1.</param>
    /// <param name="ratio">1 + d, from what it is the ratio of: near 0 it cannot be had from d.</param>
    /// <remarks>With r = d/(2 + d) it is d·r − 2r³(1/3 + r²/5 + r⁴/7 + …), from ln(1 + d) = 2 artanh r (Loader 2000).</remarks>
    internal static double Deviance(double d, double ratio)
    {
        if (d is < -0.4 or > 0.6)
        {
            return d - Elementary.Log(ratio);
        }

        var r = d / (2 + d);
        var r2 = r * r;
        var sum = 0.0;
        for (var k = 31; k >= 3; k -= 2)
        {
            sum = (sum * r2) + (1.0 / k);
        }

        return (d * r) - (2 * r * r2 * sum);
    }

    private static double LogNearTwo(double z)
    {
        var sum = 0.0;
        for (var k = AtTwo.Length - 1; k >= 0; k--)
        {
            sum = (sum + AtTwo[k]) * z;
        }

        return (sum + OneMinusEuler) * z;
    }
}
