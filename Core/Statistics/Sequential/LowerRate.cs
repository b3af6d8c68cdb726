using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Sequential;

/// <summary>The lower limit of a rate that holds at every look.</summary>
/// <remarks>
/// The beta-binomial mixture B(x + ½, n − x + ½) / B(½, ½) / (pˣ (1 − p)ⁿ⁻ˣ) is a martingale of the rate p (Robbins 1970; Howard, Ramdas,
/// McAuliffe and Sekhon 2021, section 3.5): the limit is the rate below x/n at which it is 1/α. Conversions that are still to come can only raise
/// x, and the limit rises with x, so it also holds while outcomes mature. Accuracy: bisection to 1e-15 relative. Pure.
/// </remarks>
public static class LowerRate
{
    private static readonly double Prior = GammaFunction.LogBeta(0.5, 0.5);

    /// <summary>The limit, 0 to <paramref name="converted"/> / <paramref name="participants"/>.</summary>
    /// <param name="participants">n, 0 or more.</param>
    /// <param name="converted">x, 0 to n.</param>
    /// <param name="alpha">The error probability, over 0 and under 1.</param>
    public static double Of(long participants, long converted, double alpha)
    {
        if (converted <= 0)
        {
            return 0;
        }

        var others = participants - converted;
        var level = GammaFunction.LogBeta(converted + 0.5, others + 0.5) - Prior + Math.Log(alpha);
        double low = 0, high = (double)converted / participants;
        for (var i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            var middle = (low + high) / 2;
            var likelihood = (converted * Math.Log(middle)) + (others == 0 ? 0 : others * Elementary.Log1P(-middle));
            (low, high) = likelihood < level ? (middle, high) : (low, middle);
        }

        return low;
    }
}
