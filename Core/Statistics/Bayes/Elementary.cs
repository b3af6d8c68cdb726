namespace Bandstand.Statistics.Bayes;

/// <summary>Elementary functions without the cancellation of their textbook forms.</summary>
internal static class Elementary
{
    /// <summary>eˣ − 1, within 2 ulp (sinh is exact where the subtraction would cancel).</summary>
    public static double ExpM1(double x) => Math.Abs(x) > 1 ? Math.Exp(x) - 1 : 2 * Math.Exp(x / 2) * Math.Sinh(x / 2);

    /// <summary>ln(1 + x), within 2 ulp (Kahan's correction of the rounding of 1 + x).</summary>
    public static double Log1P(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : double.IsInfinity(sum) ? Math.Log(x) : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>
    /// The error δ(n) of Stirling's formula: lnΓ(n) = (n − ½) ln n − n + ½ ln 2π + δ(n), for n &gt; 0 (Loader 2000).
    /// Absolute error below 3e-16 for n ≥ 1.
    /// </summary>
    public static double StirlingError(double n)
    {
        var sum = 0.0;
        while (n < 16)
        {
            sum += ((n + 0.5) * Log1P(1 / n)) - 1;
            n++;
        }

        var r = 1 / (n * n);
        return sum + ((((((((1.0 / 1188) * r) - (1.0 / 1680)) * r) + (1.0 / 1260)) * r - (1.0 / 360)) * r) + (1.0 / 12)) / n;
    }
}
