using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Sequential;

/// <summary>
/// An exact one-sided e-process of converters' labels: does an alternative multiply the control's rate by less (or more) than it may?
/// </summary>
/// <remarks>
/// <para>Whoever converts is in the alternative with the odds π/(1 − π) of their own assignment times the ratio r of the two rates. The null
/// is r ≥ r₀ (less is harm) or r ≤ r₀ (more is harm). Against its edge each of six further factors e^β, β = 0.05 · 2ʲ, gives a likelihood
/// ratio ∏ e^{βx} / (1 − π₀ + π₀ e^β)ᵐ over the strata, x inside of m, with π₀ the share that r₀ makes of π. Inside the null the chance
/// of each label moves against the bet, so every one of them is a nonnegative supermartingale, and so is their average (the method of
/// mixtures: Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, section 3). No sample is too small for it, π may differ from stratum
/// to stratum, and it does not matter when a conversion comes as long as both alternatives make people wait alike.</para>
/// <para>Factors 2 apart lose at most 9 % of the growth of the best one in their range, and having six costs ln 6. Pure.</para>
/// </remarks>
public static class HarmLabels
{
    private const int Factors = 6;
    private const double Smallest = 0.05;

    /// <summary>The evidence of harm.</summary>
    /// <param name="strata">Converters inside (the alternative) and outside (the control) by probability; those of probability 0 or 1 say nothing.</param>
    /// <param name="direction">−1 when fewer conversions are harm, +1 when more are.</param>
    /// <param name="edge">r₀, the ratio of the rates that is still no harm, over 0 and finite; 1 without a margin.</param>
    public static Evidence Evidence(IReadOnlyList<LabelStratum> strata, int direction, double edge = 1)
    {
        Check(direction, edge);
        Span<Evidence> parts = stackalloc Evidence[Factors];
        for (var j = 0; j < Factors; j++)
        {
            parts[j] = new Evidence(LogRatio(strata, Beta(j, direction), edge));
        }

        return Sequential.Evidence.Average(parts);
    }

    /// <summary>
    /// How many further converters it takes at least until the e-value can reach a level, whoever they are, as long as the probabilities
    /// are those of the strata. For a host that wants to look as seldom as it may and still miss nothing.
    /// </summary>
    /// <param name="strata">As above; strata without converters yet count for their probability.</param>
    /// <param name="direction">−1 or +1, as above.</param>
    /// <param name="edge">r₀, as above.</param>
    /// <param name="level">The e-value to reach, over 0.</param>
    /// <returns>0 when it is reached; at least 1 otherwise.</returns>
    public static long ConvertersUntil(IReadOnlyList<LabelStratum> strata, int direction, double edge, double level)
    {
        Check(direction, edge);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        var least = double.PositiveInfinity;
        for (var j = 0; j < Factors; j++)
        {
            // The average reaches a level only after one of its parts has.
            var beta = Beta(j, direction);
            var missing = Math.Log(level) - LogRatio(strata, beta, edge);
            var step = 0.0;
            foreach (var s in strata)
            {
                if (s.Probability is > 0 and < 1)
                {
                    var outside = -Shift(s.Probability, beta, edge);
                    step = Math.Max(step, Math.Max(outside, outside + beta));
                }
            }

            least = Math.Min(least, missing <= 0 ? 0 : step > 0 ? Math.Ceiling(missing / step) : double.PositiveInfinity);
        }

        return least < 1e15 ? (long)least : long.MaxValue;
    }

    private static void Check(int direction, double edge)
    {
        if (direction is not (-1 or 1))
        {
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "The direction is −1 or +1.");
        }

        if (!(edge > 0) || double.IsInfinity(edge))
        {
            throw new ArgumentOutOfRangeException(nameof(edge), edge, "The ratio at the edge must be over 0 and finite.");
        }
    }

    private static double Beta(int j, int direction) => direction * Smallest * (1 << j);

    private static double LogRatio(IReadOnlyList<LabelStratum> strata, double beta, double edge)
    {
        var sum = 0.0;
        foreach (var s in strata)
        {
            if (s.Probability is > 0 and < 1 && s.Inside + s.Outside > 0)
            {
                sum += (s.Inside * beta) - ((s.Inside + s.Outside) * Shift(s.Probability, beta, edge));
            }
        }

        return sum;
    }

    /// <summary>ln(1 − π₀ + π₀ e^β).</summary>
    private static double Shift(double probability, double beta, double edge)
    {
        var atEdge = probability * edge / (1 - probability + (probability * edge));
        return Elementary.Log1P(atEdge * (Math.Exp(beta) - 1));
    }
}
