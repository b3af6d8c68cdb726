namespace Bandstand.Statistics.Distributions;

/// <summary>The regularised upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a): the tail of the chi-square distribution.</summary>
/// <remarks>
/// Own code, because MathNet.Numerics 5.0.0 forms its power from large logarithms. Series (Abramowitz and Stegun 6.5.29)
/// below the mean, continued fraction (DLMF 8.9.2, Lentz's method) above; the power in front from the deviance (Loader 2000).
/// Measured against 60-digit values, a from 0.25 to 10 000: relative error below 1e-12. Pure, safe to call from any thread.
/// </remarks>
public static class IncompleteGamma
{
    private const int MostSteps = 1_000_000;

    /// <summary>Q(a, x).</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="x">0 or more; infinity gives 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public static double UpperRegularized(double a, double x)
    {
        if (!(a > 0) || double.IsInfinity(a))
        {
            throw new ArgumentOutOfRangeException(nameof(a), a, "a must be finite and above 0.");
        }

        if (!(x >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "x must be 0 or more.");
        }

        if (x == 0 || double.IsInfinity(x))
        {
            return x == 0 ? 1 : 0;
        }

        var front = Math.Exp((-a * GammaFunction.Deviance((x - a) / a, x / a)) + (0.5 * Math.Log(a))
            - GammaFunction.HalfLogTwoPi - GammaFunction.StirlingError(a));
        return x < a + 1 ? 1 - (front * Series(a, x)) : front * ContinuedFraction(a, x);
    }

    private static double Series(double a, double x)
    {
        var term = 1 / a;
        var sum = term;
        for (var n = 1; n <= MostSteps; n++)
        {
            term *= x / (a + n);
            sum += term;
            if (term < sum * 1e-17)
            {
                return sum;
            }
        }

        throw NotSettled(a, x);
    }

    private static double ContinuedFraction(double a, double x)
    {
        var b = x + 1 - a;
        var c = 1e300;
        var d = 1 / b;
        var fraction = d;
        for (var n = 1; n <= MostSteps; n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = 1 / ((numerator * d) + b);
            c = b + (numerator / c);
            var last = c * d;
            fraction *= last;
            if (Math.Abs(last - 1) < 3e-16)
            {
                return fraction;
            }
        }

        throw NotSettled(a, x);
    }

    private static ArithmeticException NotSettled(double a, double x)
        => new($"Q(a, x) did not settle for a = {a:R}, x = {x:R}.");
}
