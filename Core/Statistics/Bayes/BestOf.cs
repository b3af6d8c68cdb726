using System.Buffers;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Which of several independent posteriors is the largest: P(best) = ∫ fᵢ Πⱼ≠ᵢ Fⱼ and E[max] = Σᵢ ∫ θ fᵢ Πⱼ≠ᵢ Fⱼ (Scott
/// 2010, eq. 4), by Gauss–Legendre panels laid where the mass is: each panel reaches as far as the sharpest density under
/// it allows, and each distribution function is the running integral of its density over the same nodes.
/// </summary>
/// <remarks>
/// Deterministic: no draws, no seed; the same posteriors give the same bits. Pure and thread-safe. Measured against 40-digit
/// references: absolute error below 1e-10 for 2 to 10 alternatives, posterior widths from 1e-5 to 0.3.
/// </remarks>
internal static class BestOf
{
    /// <summary>P(best) per posterior and the expected maximum.</summary>
    /// <param name="posteriors">At least one.</param>
    /// <param name="probabilityBest">As long as <paramref name="posteriors"/>; sums to 1.</param>
    /// <returns>E[max].</returns>
    public static double Compute<TPosterior>(ReadOnlySpan<TPosterior> posteriors, Span<double> probabilityBest)
        where TPosterior : struct, IPosterior
    {
        var count = posteriors.Length;
        if (count == 1)
        {
            probabilityBest[0] = 1;
            return posteriors[0].Mean;
        }

        // Below `floor` some distribution function is 0; above `end` all are 1.
        double floor = double.NegativeInfinity, end = double.NegativeInfinity, start = double.PositiveInfinity;
        foreach (ref readonly var posterior in posteriors)
        {
            floor = Math.Max(floor, posterior.Lower);
            end = Math.Max(end, posterior.Upper);
        }

        foreach (ref readonly var posterior in posteriors)
        {
            if (posterior.Upper > floor)
            {
                start = Math.Min(start, posterior.Lower);
            }
        }

        var rented = ArrayPool<double>.Shared.Rent(count * ((2 * Panel.Nodes) + 1));
        try
        {
            return Sweep(posteriors, probabilityBest, start, floor, end, rented.AsSpan(0, count * ((2 * Panel.Nodes) + 1)));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    private static double Sweep<TPosterior>(
        ReadOnlySpan<TPosterior> posteriors, Span<double> best, double start, double floor, double end, Span<double> space)
        where TPosterior : struct, IPosterior
    {
        var count = posteriors.Length;
        var below = space[..count];
        var density = space.Slice(count, count * Panel.Nodes);
        var distribution = space[(count + (count * Panel.Nodes))..];
        for (var i = 0; i < count; i++)
        {
            below[i] = posteriors[i].Upper <= floor ? 1 : 0;
        }

        best.Clear();
        var max = 0.0;
        for (var from = start; from < end;)
        {
            var to = PanelEnd(posteriors, from, floor, end);
            var half = (to - from) / 2;
            for (var i = 0; i < count; i++)
            {
                Fill(posteriors[i], from, half, density.Slice(i * Panel.Nodes, Panel.Nodes), distribution.Slice(i * Panel.Nodes, Panel.Nodes), ref below[i]);
            }

            if (to > floor)
            {
                max += Collect(posteriors[0], from, half, count, density, distribution, best);
            }

            from = to;
        }

        var sum = 0.0;
        foreach (var probability in best)
        {
            sum += probability;
        }

        foreach (ref var probability in best)
        {
            probability /= sum;
        }

        return max / sum;
    }

    private static double PanelEnd<TPosterior>(ReadOnlySpan<TPosterior> posteriors, double from, double floor, double end)
        where TPosterior : struct, IPosterior
    {
        var to = end;
        foreach (ref readonly var posterior in posteriors)
        {
            if (posterior.Upper <= from || posterior.Upper <= floor)
            {
                continue;
            }

            to = posterior.Lower > from ? Math.Min(to, posterior.Lower) : Math.Min(to, Math.Min(posterior.Upper, from + posterior.Reach(from)));
        }

        // A posterior that is a point on this scale must not stop the sweep.
        return Math.Max(to, Math.BitIncrement(from));
    }

    /// <summary>Density and distribution function at the nodes of one panel.</summary>
    private static void Fill<TPosterior>(in TPosterior posterior, double from, double half, Span<double> density, Span<double> distribution, ref double below)
        where TPosterior : struct, IPosterior
    {
        if (posterior.Lower >= from + (2 * half) || posterior.Upper <= from)
        {
            density.Clear();
            distribution.Fill(below);
            return;
        }

        var total = 0.0;
        for (var node = 0; node < Panel.Nodes; node++)
        {
            density[node] = posterior.Density(from + (half * (1 + Panel.X[node])));
            total += Panel.W[node] * density[node];
        }

        for (var node = 0; node < Panel.Nodes; node++)
        {
            distribution[node] = below + (half * Dot(Panel.Running.AsSpan(node * Panel.Nodes, Panel.Nodes), density));
        }

        below += half * total;
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        // A fixed order of summation, so that every machine gives the same bits.
        double a = 0, b = 0, c = 0, d = 0;
        for (var i = 0; i + 3 < left.Length && i + 3 < right.Length; i += 4)
        {
            a += left[i] * right[i];
            b += left[i + 1] * right[i + 1];
            c += left[i + 2] * right[i + 2];
            d += left[i + 3] * right[i + 3];
        }

        return a + b + (c + d);
    }

    private static double Collect<TPosterior>(in TPosterior scale, double from, double half, int count, ReadOnlySpan<double> density, ReadOnlySpan<double> distribution, Span<double> best)
        where TPosterior : struct, IPosterior
    {
        Span<double> others = count <= 256 ? stackalloc double[count] : new double[count];
        var max = 0.0;
        for (var node = 0; node < Panel.Nodes; node++)
        {
            // others[i] = product of all distribution functions but the i-th, without dividing.
            var product = 1.0;
            for (var i = 0; i < count; i++)
            {
                others[i] = product;
                product *= distribution[(i * Panel.Nodes) + node];
            }

            product = 1.0;
            var weight = half * Panel.W[node];
            var sum = 0.0;
            for (var i = count - 1; i >= 0; i--)
            {
                var term = weight * density[(i * Panel.Nodes) + node] * others[i] * product;
                best[i] += term;
                sum += term;
                product *= distribution[(i * Panel.Nodes) + node];
            }

            max += sum * scale.Value(from + (half * (1 + Panel.X[node])));
        }

        return max;
    }
}
