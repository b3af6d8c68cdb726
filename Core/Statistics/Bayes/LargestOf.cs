using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// The distribution function of the largest of several independent posteriors, Πᵢ Fᵢ, laid once on the panels of <see cref="BestOf"/>
/// and then asked anywhere: on each panel it is the polynomial through the nodes, in its barycentric form, whose weights are
/// ±√((1 − x²) w) (Wang and Xiang 2012, Mathematics of Computation 81, eq. 3.3).
/// </summary>
/// <remarks>
/// Measured against products of <see cref="Distributions.IncompleteBeta"/>: absolute error below 2e-9, that of the polynomial in the tails.
/// Deterministic; thread-safe once laid.
/// </remarks>
internal sealed class LargestOf
{
    private const int Nodes = GaussLegendre.Nodes;
    private static readonly double[] Barycentric = [.. Enumerable.Range(0, Nodes).Select(n => (1 - (2 * (n & 1))) * Math.Sqrt((1 - (GaussLegendre.X[n] * GaussLegendre.X[n])) * GaussLegendre.W[n]))];

    private readonly List<(double From, double To)> panels = new(16);
    private double[] distributions = new double[16 * Nodes];
    private double[] densities = new double[16 * Nodes];

    private LargestOf()
    {
    }

    /// <summary>Lays the panels.</summary>
    /// <param name="posteriors">At least one.</param>
    public static LargestOf Lay<TPosterior>(ReadOnlySpan<TPosterior> posteriors)
        where TPosterior : struct, IPosterior
    {
        var largest = new LargestOf();
        var floor = double.NegativeInfinity;
        foreach (ref readonly var posterior in posteriors)
        {
            floor = Math.Max(floor, posterior.Lower);
        }

        var size = Sweep<TPosterior>.Size(posteriors.Length);
        var sweep = new Sweep<TPosterior>(posteriors, floor, size <= 1024 ? stackalloc double[size] : new double[size], new int[posteriors.Length]);
        while (sweep.Next())
        {
            if (sweep.Panel.To > floor)
            {
                largest.Add(sweep);
            }
        }

        return largest;
    }

    /// <summary>P(the largest is at most y).</summary>
    /// <param name="y">Any number on the posteriors' scale.</param>
    /// <param name="density">The density there.</param>
    public double At(double y, out double density)
    {
        density = 0;
        if (!(y > panels[0].From) || y >= panels[^1].To)
        {
            return y >= panels[^1].To ? 1 : 0;
        }

        var p = 0;
        while (y > panels[p].To)
        {
            p++;
        }

        var (from, to) = panels[p];
        var x = Vector256.Create((y - (0.5 * (from + to))) / (0.5 * (to - from)));
        var (weights, sum, slope) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        for (var n = 0; n < Nodes; n += Vector256<double>.Count)
        {
            var away = x - Vector256.LoadUnsafe(in GaussLegendre.X[n]);

            // On a node itself, as good as on it: the node's own value outweighs all others.
            away = Vector256.ConditionalSelect(Vector256.Equals(away, Vector256<double>.Zero), Vector256.Create(1e-100), away);
            var weight = Vector256.LoadUnsafe(in Barycentric[n]) / away;
            weights += weight;
            sum += weight * Vector256.LoadUnsafe(in distributions[(p * Nodes) + n]);
            slope += weight * Vector256.LoadUnsafe(in densities[(p * Nodes) + n]);
        }

        var all = GaussLegendre.Add(weights);
        density = GaussLegendre.Add(slope) / all;
        return GaussLegendre.Add(sum) / all;
    }

    /// <summary>Adds a panel: Π F and its derivative.</summary>
    private void Add<TPosterior>(in Sweep<TPosterior> sweep)
        where TPosterior : struct, IPosterior
    {
        var start = panels.Count * Nodes;
        if (start == distributions.Length)
        {
            Array.Resize(ref distributions, 2 * start);
            Array.Resize(ref densities, 2 * start);
        }

        panels.Add((sweep.Panel.From, sweep.Panel.To));
        ref var product = ref distributions[start];
        ref var slope = ref densities[start];
        distributions.AsSpan(start, Nodes).Fill(1);
        foreach (var i in sweep.Open)
        {
            sweep.Distribute(i);
            for (nuint n = 0; n < Nodes; n += 4)
            {
                var (below, factor) = (Vector256.LoadUnsafe(ref product, n), Vector256.LoadUnsafe(ref sweep.Distribution(i), n));
                ((Vector256.LoadUnsafe(ref slope, n) * factor) + (below * Vector256.LoadUnsafe(ref sweep.Density(i), n))).StoreUnsafe(ref slope, n);
                (below * factor).StoreUnsafe(ref product, n);
            }
        }
    }
}
