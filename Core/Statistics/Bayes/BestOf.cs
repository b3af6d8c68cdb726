using System.Buffers;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Which of several independent posteriors is the largest: P(best) = ∫ fᵢ Πⱼ≠ᵢ Fⱼ and E[max] = Σᵢ ∫ θ fᵢ Πⱼ≠ᵢ Fⱼ (Scott
/// 2010, eq. 4), by Gauss–Legendre panels laid where the mass is: each panel reaches as far as the sharpest density under
/// it allows, and each distribution function is the running integral of its density over the same nodes.
/// </summary>
/// <remarks>
/// Deterministic: no draws, no seed; the same posteriors give the same bits on every machine. Pure and thread-safe. Measured
/// against 40-digit references and against panels of a quarter of the width: absolute error below 1e-12 for 2 to 60
/// alternatives of up to a million participants, below 1e-11 for 256.
/// </remarks>
internal static class BestOf
{
    /// <summary>What is asked of a comparison, and where the answers go.</summary>
    /// <param name="best">P(best) of each posterior; sums to 1.</param>
    /// <param name="reference">Index of the posterior that the others are compared with, or −1.</param>
    /// <param name="beats">P(better than the reference) of each, ½ for itself; empty when not asked.</param>
    /// <param name="without">
    /// At [i × count + j]: P(i is the best if j is left out), nothing on the diagonal; empty when not asked.
    /// </param>
    public readonly ref struct Answers(Span<double> best, int reference = -1, Span<double> beats = default, Span<double> without = default)
    {
        public readonly Span<double> Best = best;
        public readonly int Reference = reference;
        public readonly Span<double> Beats = beats;
        public readonly Span<double> Without = without;
    }

    /// <summary>Answers, and returns E[max] − <paramref name="origin"/>, exact to the width of the posteriors rather than to E[max].</summary>
    /// <param name="posteriors">At least one.</param>
    /// <param name="origin">Any mean nearby, such as the largest.</param>
    /// <param name="answers">Where they go.</param>
    public static double Compute<TPosterior>(ReadOnlySpan<TPosterior> posteriors, double origin, Answers answers)
        where TPosterior : struct, IPosterior
    {
        answers.Best.Clear();
        answers.Beats.Clear();
        answers.Without.Clear();
        var sweep = new Sweep(posteriors.Length, origin);
        var (from, end) = Range(posteriors);
        var size = Sweep.Size(posteriors.Length);
        double[]? rented = null;
        var space = size <= 1024 ? stackalloc double[size] : (rented = ArrayPool<double>.Shared.Rent(size)).AsSpan(0, size);
        sweep.Begin(space);
        Span<double> nodes = stackalloc double[Panel.Size];
        var last = from;
        while (from < end)
        {
            var to = PanelEnd(posteriors, from, end);
            var panel = new Panel(from, to, last, nodes);
            TPosterior.Lay(panel);
            sweep.Fill(posteriors, panel, from, to, space);
            sweep.Collect(panel, space, answers);
            (from, last) = (to, panel.Middle);
        }

        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return Normalize(answers, sweep.Maximum);
    }

    /// <summary>Where any of them has mass.</summary>
    internal static (double From, double End) Range<TPosterior>(ReadOnlySpan<TPosterior> posteriors)
        where TPosterior : struct, IPosterior
    {
        var (from, end) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (ref readonly var posterior in posteriors)
        {
            from = Math.Min(from, posterior.Lower);
            end = Math.Max(end, posterior.Upper);
        }

        return (from, end);
    }

    /// <summary>How far the panel that begins at <paramref name="from"/> may reach.</summary>
    internal static double PanelEnd<TPosterior>(ReadOnlySpan<TPosterior> posteriors, double from, double end)
        where TPosterior : struct, IPosterior
    {
        // The maximum of many is sharper than each.
        var care = posteriors.Length > 16 ? 0.7 : 1;
        var to = end;
        foreach (ref readonly var posterior in posteriors)
        {
            if (posterior.Upper > from)
            {
                to = Math.Min(to, Math.Max(posterior.Lower, from + (care * posterior.Reach(from))));
            }
        }

        // A posterior that is a point on this scale must not stop the sweep.
        return Math.Max(to, Math.BitIncrement(from));
    }

    /// <summary>Takes out what rounding and the cut tails left of 1.</summary>
    private static double Normalize(Answers answers, double maximum)
    {
        var sum = 0.0;
        foreach (var probability in answers.Best)
        {
            sum += probability;
        }

        foreach (ref var probability in answers.Best)
        {
            probability /= sum;
        }

        return maximum / sum;
    }
}
