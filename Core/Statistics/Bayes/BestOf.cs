using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Which of several independent posteriors is the largest: P(best) = ∫ fᵢ Πⱼ≠ᵢ Fⱼ and E[max] = Σᵢ ∫ θ fᵢ Πⱼ≠ᵢ Fⱼ (Scott
/// 2010, eq. 4), by Gauss–Legendre panels laid where the mass is (<see cref="Sweep{TPosterior}"/>).
/// </summary>
/// <remarks>
/// <para>Most of the line needs no products: below a point where Π F is nothing nobody is the largest, and there only the distribution functions
/// are integrated on; who is behind is 1 and takes no part; who is wholly below another is not looked at.</para>
/// <para>Deterministic: no draws, no seed; the same posteriors give the same bits on every machine. Pure and thread-safe. Measured
/// against 40-digit references and against panels of a quarter of the width: absolute error below 1e-12 for 2 to 60
/// alternatives of up to a million participants, below 1e-11 for 256.</para>
/// </remarks>
internal static class BestOf
{
    private const int Nodes = GaussLegendre.Nodes;

    /// <summary>A probability that adds nothing, as the tails beyond <see cref="IPosterior.Lower"/> do not.</summary>
    private const double Nothing = 1e-17;

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
        var size = Sweep<TPosterior>.Size(posteriors.Length);
        double[]? rented = null;
        var space = size <= 1024 ? stackalloc double[size] : (rented = ArrayPool<double>.Shared.Rent(size)).AsSpan(0, size);
        var places = posteriors.Length <= 64 ? stackalloc int[posteriors.Length] : new int[posteriors.Length];
        var isPairs = !answers.Without.IsEmpty;
        var floor = Floor(posteriors, isPairs);
        var isBeside = IsBeside(posteriors, answers, floor);
        var sweep = new Sweep<TPosterior>(posteriors, floor, space, places);
        var maximum = 0.0;
        while (sweep.Next())
        {
            var isEmpty = Largest(sweep, isPairs) < Nothing;
            for (var k = 0; !isEmpty && k < sweep.Open.Length; k++)
            {
                sweep.Distribute(sweep.Open[k]);
            }

            if (isBeside)
            {
                Beat(posteriors, sweep, answers, isEmpty);
            }

            if (!isEmpty)
            {
                maximum += Collect(sweep, answers.Best, origin);
            }

            if (!isEmpty && isPairs)
            {
                Pairs.Collect(sweep, answers.Without, posteriors.Length);
            }
        }

        if (!answers.Beats.IsEmpty && !isBeside)
        {
            sweep = new Sweep<TPosterior>(posteriors, posteriors[answers.Reference].Lower, space, places);
            while (sweep.Next())
            {
                Beat(posteriors, sweep, answers, isEmpty: true);
            }
        }

        for (var i = 0; i < answers.Beats.Length; i++)
        {
            answers.Beats[i] = i == answers.Reference ? 0.5
                : sweep.After(i) == 0 ? 0
                : Math.Max(0, answers.Beats[i] / (sweep.After(i) * sweep.After(answers.Reference)));
        }

        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        Pairs.Normalize(answers.Without, posteriors.Length);
        return maximum / Normalize(answers.Best);
    }

    /// <summary>Below the largest lower end nobody else is the best; below the second largest even if one is left out.</summary>
    private static double Floor<TPosterior>(ReadOnlySpan<TPosterior> posteriors, bool isPairs)
        where TPosterior : struct, IPosterior
    {
        var (largest, second) = (double.NegativeInfinity, double.NegativeInfinity);
        foreach (ref readonly var posterior in posteriors)
        {
            second = Math.Max(second, Math.Min(largest, posterior.Lower));
            largest = Math.Max(largest, posterior.Lower);
        }

        return isPairs ? second : largest;
    }

    /// <summary>
    /// Whether comparisons with the reference can be had beside P(best): nobody who is out of the question is on a level with it. What is asked beside it
    /// must not change a bit of P(best), which weights are.
    /// </summary>
    private static bool IsBeside<TPosterior>(ReadOnlySpan<TPosterior> posteriors, Answers answers, double floor)
        where TPosterior : struct, IPosterior
    {
        var isBeside = !answers.Beats.IsEmpty;
        foreach (ref readonly var posterior in posteriors)
        {
            isBeside = isBeside && (posterior.Upper > floor || posterior.Upper <= posteriors[answers.Reference].Lower);
        }

        return isBeside;
    }

    /// <summary>The distribution function of the largest of all at the panel's end; of all but the one that is the least likely to be below, where pairs are asked for.</summary>
    private static double Largest<TPosterior>(in Sweep<TPosterior> sweep, bool isPairs)
        where TPosterior : struct, IPosterior
    {
        var (product, least) = (1.0, 1.0);
        foreach (var i in sweep.Open)
        {
            var after = sweep.After(i);
            product *= Math.Max(least, after);
            least = Math.Min(least, after);
        }

        return isPairs ? product : product * least;
    }

    /// <summary>Adds ∫ fᵢ F of the reference over the panel.</summary>
    private static void Beat<TPosterior>(ReadOnlySpan<TPosterior> posteriors, in Sweep<TPosterior> sweep, Answers answers, bool isEmpty)
        where TPosterior : struct, IPosterior
    {
        var reference = answers.Reference;
        var isBehind = posteriors[reference].Upper <= sweep.Panel.From;
        if (!isBehind && sweep.After(reference) < Nothing)
        {
            return;
        }

        if (isEmpty && !isBehind)
        {
            sweep.Distribute(reference);
        }

        foreach (var i in sweep.Open)
        {
            answers.Beats[i] += isBehind ? sweep.After(reference) * (sweep.After(i) - sweep.Before(i)) : sweep.Panel.Half * GaussLegendre.Integral(in sweep.Density(i), in sweep.Distribution(reference));
        }
    }

    /// <summary>Adds ∫ fᵢ Πⱼ≠ᵢ Fⱼ over the panel, by products of all before and all after each; returns what the panel adds to the maximum.</summary>
    private static double Collect<TPosterior>(in Sweep<TPosterior> sweep, Span<double> best, double origin)
        where TPosterior : struct, IPosterior
    {
        Span<double> room = stackalloc double[2 * Nodes];
        ref var total = ref MemoryMarshal.GetReference(room);
        ref var product = ref room[Nodes];
        Fill(ref product, sweep.Behind);
        foreach (var i in sweep.Open)
        {
            ref var before = ref sweep.Room(i);
            for (nuint n = 0; n < Nodes; n += 4)
            {
                var factor = Vector256.LoadUnsafe(ref product, n);
                factor.StoreUnsafe(ref before, n);
                (factor * Vector256.LoadUnsafe(ref sweep.Distribution(i), n)).StoreUnsafe(ref product, n);
            }
        }

        Fill(ref product, 1);
        Fill(ref total, 0);
        for (var k = sweep.Open.Length - 1; k >= 0; k--)
        {
            var i = sweep.Open[k];
            ref var before = ref sweep.Room(i);
            var sum = Vector256<double>.Zero;
            for (nuint n = 0; n < Nodes; n += 4)
            {
                var after = Vector256.LoadUnsafe(ref product, n);
                var term = GaussLegendre.At(GaussLegendre.W, (int)n) * Vector256.LoadUnsafe(ref sweep.Density(i), n) * Vector256.LoadUnsafe(ref before, n) * after;
                (Vector256.LoadUnsafe(ref total, n) + term).StoreUnsafe(ref total, n);
                (after * Vector256.LoadUnsafe(ref sweep.Distribution(i), n)).StoreUnsafe(ref product, n);
                sum += term;
            }

            best[i] += sweep.Panel.Half * GaussLegendre.Add(sum);
        }

        var moment = Vector256<double>.Zero;
        for (nuint n = 0; n < Nodes; n += 4)
        {
            moment += Vector256.LoadUnsafe(ref total, n) * (Vector256.LoadUnsafe(ref sweep.Panel.Mean, n) - Vector256.Create(origin));
        }

        return sweep.Panel.Half * GaussLegendre.Add(moment);
    }

    private static void Fill(ref double numbers, double number) => MemoryMarshal.CreateSpan(ref numbers, Nodes).Fill(number);

    /// <summary>Takes out what rounding and the cut tails left of 1, and returns it.</summary>
    private static double Normalize(Span<double> best)
    {
        var sum = 0.0;
        foreach (ref var probability in best)
        {
            probability = Math.Max(0, probability);
            sum += probability;
        }

        foreach (ref var probability in best)
        {
            probability /= sum;
        }

        return sum;
    }
}
