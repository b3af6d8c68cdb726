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
        var space = new double[Sweep.Size(posteriors.Length)];
        var sweep = new Sweep(posteriors.Length, 0);
        sweep.Begin(space);
        Span<double> nodes = stackalloc double[Panel.Size];
        var (from, end) = BestOf.Range(posteriors);
        var last = from;
        while (from < end)
        {
            var to = BestOf.PanelEnd(posteriors, from, end);
            var panel = new Panel(from, to, last, nodes);
            TPosterior.Lay(panel);
            sweep.Fill(posteriors, panel, from, to, space);
            largest.Add(sweep, space, from, to);
            (from, last) = (to, panel.Middle);
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

        var all = Sweep.Add(weights);
        density = Sweep.Add(slope) / all;
        return Sweep.Add(sum) / all;
    }

    private void Add(Sweep sweep, Span<double> space, double from, double to)
    {
        var start = panels.Count * Nodes;
        if (start == distributions.Length)
        {
            Array.Resize(ref distributions, 2 * start);
            Array.Resize(ref densities, 2 * start);
        }

        panels.Add((from, to));
        sweep.Largest(space, distributions.AsSpan(start, Nodes), densities.AsSpan(start, Nodes));
    }
}
