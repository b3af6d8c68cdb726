using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>A piece of the scale with its sixteen nodes, and what all densities share there.</summary>
internal readonly ref struct Panel
{
    /// <summary>Numbers that a panel needs room for.</summary>
    public const int Size = (2 * Laid) + Nodes;

    /// <summary>The nodes, the middle of the panel before, and what fills the last vector.</summary>
    public const int Laid = Nodes + 4;

    private const int Nodes = GaussLegendre.Nodes;

    /// <summary>Farther back nothing is led on from.</summary>
    private const double Farthest = 100;

    private readonly Span<double> space;

    /// <summary>Lays the nodes.</summary>
    /// <param name="from">The lower end.</param>
    /// <param name="to">The upper end.</param>
    /// <param name="last">The middle of the panel before.</param>
    /// <param name="space">Room for <see cref="Size"/> numbers.</param>
    public Panel(double from, double to, double last, Span<double> space)
    {
        (From, To) = (from, to);
        Middle = 0.5 * (from + to);
        Last = last;
        Half = 0.5 * (to - from);
        this.space = space;
        ref var offset = ref space[0];
        for (var n = 0; n < Nodes; n += 4)
        {
            (Half * GaussLegendre.At(GaussLegendre.X, n)).StoreUnsafe(ref offset, (nuint)n);
        }

        Vector256.Create(Math.Max(last - Middle, -Farthest), 0, 0, 0).StoreUnsafe(ref offset, Nodes);
    }

    /// <summary>The lower end.</summary>
    public double From { get; }

    /// <summary>The upper end.</summary>
    public double To { get; }

    /// <summary>The middle.</summary>
    public double Middle { get; }

    /// <summary>The middle of the panel before.</summary>
    public double Last { get; }

    /// <summary>Half the width.</summary>
    public double Half { get; }

    /// <summary>The nodes, from the middle; then the middle of the panel before.</summary>
    public ref double Offset => ref space[0];

    /// <summary>
    /// Where the scale is a logit, unused otherwise: ln of how many times as large 1 − x is at the middle as at the nodes; where x is over ½ at the
    /// middle, the same of x.
    /// </summary>
    public ref double LogFall => ref space[Laid];

    /// <summary>The same at the middle of the panel before; not a number where that is too far away.</summary>
    public double LogFallBack => Middle - Last < Farthest ? space[Laid + Nodes] : double.NaN;

    /// <summary>The means that belong to the nodes.</summary>
    public ref double Mean => ref space[2 * Laid];
}
