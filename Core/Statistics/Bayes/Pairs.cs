using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>Who would be the best if another were left out: ∫ fᵢ Π Fₗ over all l but i and j, for every pair, panel by panel.</summary>
internal static class Pairs
{
    private const int Nodes = GaussLegendre.Nodes;

    /// <summary>Adds a panel.</summary>
    /// <param name="sweep">At the panel, distribution functions known at its nodes.</param>
    /// <param name="without">At [i × count + j]: P(i is the best if j is left out).</param>
    /// <param name="count">How many posteriors there are.</param>
    public static void Collect<TPosterior>(in Sweep<TPosterior> sweep, Span<double> without, int count)
        where TPosterior : struct, IPosterior
    {
        Span<double> room = stackalloc double[2 * Nodes];
        ref var prefix = ref MemoryMarshal.GetReference(room);
        ref var suffix = ref room[Nodes];
        var open = sweep.Open;
        var half = sweep.Panel.Half;
        foreach (var i in open)
        {
            // Products of all before j but i; then those after j, the density among them.
            room.Fill(sweep.Behind);
            foreach (var j in open)
            {
                if (j != i)
                {
                    Copy(ref prefix, ref sweep.Room(j));
                    Times(ref prefix, ref sweep.Distribution(j));
                }
            }

            Copy(ref sweep.Density(i), ref suffix);
            for (var k = open.Length - 1; k >= 0; k--)
            {
                if (open[k] is var j && j != i)
                {
                    without[(i * count) + j] += half * GaussLegendre.Integral(in sweep.Room(j), in suffix);
                    Times(ref suffix, ref sweep.Distribution(j));
                }
            }

            // Who is behind is below i in any case; what there was of it is no part of this.
            var whole = sweep.Behind * half * GaussLegendre.Integral(in suffix);
            for (int j = 0, k = 0; j < count; j++)
            {
                if (k < open.Length && open[k] == j)
                {
                    k++;
                }
                else
                {
                    without[(i * count) + j] += sweep.After(j) > 0 ? whole / sweep.After(j) : whole;
                }
            }
        }
    }

    /// <summary>Takes out what rounding and the cut tails left of 1: whoever is left out, somebody is the best.</summary>
    public static void Normalize(Span<double> without, int count)
    {
        for (var j = 0; j < count && without.Length > 0; j++)
        {
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                ref var probability = ref without[(i * count) + j];
                probability = Math.Max(0, probability);
                sum += probability;
            }

            for (var i = 0; i < count && sum > 0; i++)
            {
                without[(i * count) + j] /= sum;
            }
        }
    }

    private static void Copy(ref double from, ref double to)
        => MemoryMarshal.CreateSpan(ref from, Nodes).CopyTo(MemoryMarshal.CreateSpan(ref to, Nodes));

    private static void Times(ref double product, ref double factor)
    {
        for (nuint n = 0; n < Nodes; n += 4)
        {
            (Vector256.LoadUnsafe(ref product, n) * Vector256.LoadUnsafe(ref factor, n)).StoreUnsafe(ref product, n);
        }
    }
}
