using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>The sums of <see cref="BestOf"/> over the panels laid so far.</summary>
/// <param name="count">How many posteriors.</param>
/// <param name="origin">What means are counted from.</param>
internal struct Sweep(int count, double origin)
{
    private const int Nodes = GaussLegendre.Nodes;

    /// <summary>Σᵢ ∫ (θ − origin) fᵢ Πⱼ≠ᵢ Fⱼ.</summary>
    public double Maximum { get; private set; }

    /// <summary>
    /// Numbers of room: the distribution functions so far, what posteriors carry, then densities, distributions and products at the nodes.
    /// </summary>
    public static int Size(int count) => (2 * count) + (3 * count * Nodes);

    /// <summary>Before the first panel.</summary>
    public readonly void Begin(Span<double> space)
    {
        space[..count].Clear();
        space.Slice(count, count).Fill(double.NaN);
    }

    /// <summary>Density and distribution function of each posterior at the nodes of one panel.</summary>
    public readonly void Fill<TPosterior>(ReadOnlySpan<TPosterior> posteriors, in Panel panel, double from, double to, Span<double> space)
        where TPosterior : struct, IPosterior
    {
        for (var i = 0; i < count; i++)
        {
            var density = Densities(space, i);
            var distribution = Distributions(space, i);
            if (posteriors[i].Lower >= to || posteriors[i].Upper <= from)
            {
                density.Clear();
                distribution.Fill(space[i]);
                continue;
            }

            posteriors[i].Fill(panel, density, ref space[count + i]);
            space[i] = Integrate(density, distribution, space[i], panel.Half);
        }
    }

    /// <summary>Adds what the panel holds.</summary>
    public void Collect(in Panel panel, Span<double> space, BestOf.Answers answers)
    {
        Multiply(space);
        Span<double> total = stackalloc double[Nodes];
        total.Clear();
        Span<double> suffix = stackalloc double[Nodes];
        suffix.Fill(1);
        for (var i = count - 1; i >= 0; i--)
        {
            answers.Best[i] += panel.Half * TakeOne(space, i, suffix, total);
        }

        Maximum += panel.Half * Moment(total, panel.Mean, origin);
        if (!answers.Beats.IsEmpty)
        {
            var reference = Distributions(space, answers.Reference);
            for (var i = 0; i < count; i++)
            {
                answers.Beats[i] += panel.Half * Dot(Densities(space, i), reference);
            }
        }

        if (!answers.Without.IsEmpty)
        {
            Pairs(panel.Half, space, answers.Without);
        }
    }

    /// <summary>The distribution function of the largest, and its density, at the nodes of the panel just filled.</summary>
    public readonly void Largest(Span<double> space, Span<double> distribution, Span<double> density)
    {
        distribution.Fill(1);
        density.Clear();
        for (var i = 0; i < count; i++)
        {
            ReadOnlySpan<double> below = Distributions(space, i), own = Densities(space, i);
            for (var n = 0; n < Nodes; n += Vector256<double>.Count)
            {
                var (product, slope, factor) = (Vector256.LoadUnsafe(in distribution[n]), Vector256.LoadUnsafe(in density[n]), Vector256.LoadUnsafe(in below[n]));
                ((slope * factor) + (product * Vector256.LoadUnsafe(in own[n]))).CopyTo(density[n..]);
                (product * factor).CopyTo(distribution[n..]);
            }
        }
    }

    /// <summary>In a fixed order, so that every machine gives the same bits.</summary>
    internal static double Add(Vector256<double> sum) => sum.GetElement(0) + sum.GetElement(1) + (sum.GetElement(2) + sum.GetElement(3));

    /// <summary>The weighted sum of what is at a panel's nodes.</summary>
    internal static double Weigh(ReadOnlySpan<double> values)
    {
        var sum = Vector256<double>.Zero;
        for (var n = 0; n < Nodes; n += Vector256<double>.Count)
        {
            sum += Vector256.LoadUnsafe(in GaussLegendre.W[n]) * Vector256.LoadUnsafe(in values[n]);
        }

        return Add(sum);
    }

    private readonly Span<double> Densities(Span<double> space, int i) => space.Slice((2 * count) + (3 * i * Nodes), Nodes);

    private readonly Span<double> Distributions(Span<double> space, int i) => space.Slice((2 * count) + (((3 * i) + 1) * Nodes), Nodes);

    private readonly Span<double> Products(Span<double> space, int i) => space.Slice((2 * count) + (((3 * i) + 2) * Nodes), Nodes);

    /// <summary>The running integral at the nodes; returns that at the panel's end.</summary>
    private static double Integrate(ReadOnlySpan<double> density, Span<double> distribution, double below, double half)
    {
        var start = Vector256.Create(below);
        var (a, b, c, d) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        var total = 0.0;
        for (var n = 0; n < Nodes; n++)
        {
            ref readonly var column = ref GaussLegendre.Running[n * Nodes];
            var value = Vector256.Create(density[n]);
            a += value * Vector256.LoadUnsafe(in column);
            b += value * Vector256.LoadUnsafe(in column, 4);
            c += value * Vector256.LoadUnsafe(in column, 8);
            d += value * Vector256.LoadUnsafe(in column, 12);
            total += density[n] * GaussLegendre.W[n];
        }

        // Where the density climbs steeply the polynomial may dip below 0 by a rounding error of its peak.
        Vector256.Max(start + (half * a), start).CopyTo(distribution);
        Vector256.Max(start + (half * b), start).CopyTo(distribution[4..]);
        Vector256.Max(start + (half * c), start).CopyTo(distribution[8..]);
        Vector256.Max(start + (half * d), start).CopyTo(distribution[12..]);
        return below + (half * total);
    }

    /// <summary>Products of all distribution functions before each.</summary>
    private readonly void Multiply(Span<double> space)
    {
        Products(space, 0).Fill(1);
        for (var i = 1; i < count; i++)
        {
            var before = Products(space, i - 1);
            var distribution = Distributions(space, i - 1);
            var product = Products(space, i);
            for (var n = 0; n < Nodes; n += Vector256<double>.Count)
            {
                (Vector256.LoadUnsafe(in before[n]) * Vector256.LoadUnsafe(in distribution[n])).CopyTo(product[n..]);
            }
        }
    }

    /// <summary>∫ fᵢ Πⱼ≠ᵢ Fⱼ over the panel, from the products before and after; adds its integrand to the total.</summary>
    private readonly double TakeOne(Span<double> space, int i, Span<double> suffix, Span<double> total)
    {
        var density = Densities(space, i);
        var distribution = Distributions(space, i);
        var product = Products(space, i);
        var sum = Vector256<double>.Zero;
        for (var n = 0; n < Nodes; n += Vector256<double>.Count)
        {
            var after = Vector256.LoadUnsafe(in suffix[n]);
            var term = Vector256.LoadUnsafe(in GaussLegendre.W[n]) * Vector256.LoadUnsafe(in density[n]) * Vector256.LoadUnsafe(in product[n]) * after;
            (Vector256.LoadUnsafe(in total[n]) + term).CopyTo(total[n..]);
            (after * Vector256.LoadUnsafe(in distribution[n])).CopyTo(suffix[n..]);
            sum += term;
        }

        return Add(sum);
    }

    /// <summary>∫ fᵢ Π over all but i and j of Fₗ, for every pair.</summary>
    private readonly void Pairs(double half, Span<double> space, Span<double> without)
    {
        Span<double> prefix = stackalloc double[Nodes];
        Span<double> suffix = stackalloc double[Nodes];
        for (var i = 0; i < count; i++)
        {
            // Products of all before j but i, kept in the room for products; then those after j.
            prefix.Fill(1);
            for (var j = 0; j < count; j++)
            {
                prefix.CopyTo(Products(space, j));
                Times(prefix, Distributions(space, j), j != i);
            }

            Densities(space, i).CopyTo(suffix);
            for (var j = count - 1; j >= 0; j--)
            {
                if (j != i)
                {
                    without[(i * count) + j] += half * Dot(Products(space, j), suffix);
                    Times(suffix, Distributions(space, j), true);
                }
            }
        }
    }

    private static void Times(Span<double> product, ReadOnlySpan<double> factor, bool isPart)
    {
        for (var n = 0; isPart && n < Nodes; n += Vector256<double>.Count)
        {
            (Vector256.LoadUnsafe(in product[n]) * Vector256.LoadUnsafe(in factor[n])).CopyTo(product[n..]);
        }
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = Vector256<double>.Zero;
        for (var n = 0; n < Nodes; n += Vector256<double>.Count)
        {
            sum += Vector256.LoadUnsafe(in GaussLegendre.W[n]) * Vector256.LoadUnsafe(in left[n]) * Vector256.LoadUnsafe(in right[n]);
        }

        return Add(sum);
    }

    private static double Moment(ReadOnlySpan<double> weighted, ReadOnlySpan<double> means, double origin)
    {
        var sum = Vector256<double>.Zero;
        for (var n = 0; n < Nodes; n += Vector256<double>.Count)
        {
            sum += Vector256.LoadUnsafe(in weighted[n]) * (Vector256.LoadUnsafe(in means[n]) - Vector256.Create(origin));
        }

        return Add(sum);
    }
}
