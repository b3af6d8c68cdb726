using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Sequential;

/// <summary>
/// The asymptotic confidence sequence of an estimate that is nearly normal: an interval and a p-value that hold at every look.
/// </summary>
/// <remarks>
/// <para>Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics 52, two-sided normal mixture
/// (arXiv 2103.06476, theorem 2.2); the boundary is that of Howard, Ramdas, McAuliffe and Sekhon (2021), eq. 14, after Robbins
/// (1970). ρ² = (−2 ln α + ln(1 − 2 ln α)) / N* makes the interval tightest near the size N*.</para>
/// <para>Asymptotic: it holds as far as the estimate's increments are nearly independent and normal by the time the boundary can be
/// reached. Totals that go on growing after they were first counted are not independent increments: see docs/statistics.md.</para>
/// <para>Measured against SciPy on 42 cases: relative error below 1e-12. Immutable, safe to share between threads.</para>
/// </remarks>
public sealed class AsymptoticSequence
{
    private readonly double alpha;
    private readonly double rhoSquared;

    /// <summary>A sequence that is tightest near one size.</summary>
    /// <param name="tightestAt">N*: the size at which it is tightest, over 0. To be chosen before the data are seen.</param>
    /// <param name="alpha">The error probability, over 0 and under 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public AsymptoticSequence(double tightestAt, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tightestAt);
        if (!(alpha is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "The error probability must be over 0 and under 1.");
        }

        this.alpha = alpha;
        var logarithm = Math.Log(alpha);
        rhoSquared = ((-2 * logarithm) + Math.Log(1 - (2 * logarithm))) / tightestAt;
    }

    /// <summary>ρ, the standard deviation of the mixture.</summary>
    public double Rho => Math.Sqrt(rhoSquared);

    /// <summary>How many standard errors the interval reaches to each side.</summary>
    /// <param name="size">N, the size so far, over 0.</param>
    public double Critical(double size) => Critical(size, alpha);

    /// <summary>The same at another error probability: the mixture, and with it p-values and evidence, stay the same.</summary>
    /// <param name="size">N, the size so far, over 0.</param>
    /// <param name="alpha">The error probability, over 0 and under 1.</param>
    public double Critical(double size, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var information = size * rhoSquared;
        return Math.Sqrt(2 * (information + 1) / information * (Half(information) - Math.Log(alpha)));
    }

    /// <summary>The evidence against "the estimated quantity is 0".</summary>
    /// <param name="z">The estimate in standard errors.</param>
    /// <param name="size">N, the size so far, 0 or more.</param>
    public Evidence Evidence(double z, double size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var information = size * rhoSquared;
        return new Evidence((information / (information + 1) * z * z / 2) - Half(information));
    }

    private static double Half(double information) => Elementary.Log1P(information) / 2;
}
