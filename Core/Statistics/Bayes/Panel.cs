using System.Runtime.Intrinsics;

namespace Bandstand.Statistics.Bayes;

/// <summary>A piece of the scale with its sixteen nodes, and what all densities share there.</summary>
internal readonly ref struct Panel
{
    /// <summary>Numbers that a panel needs room for.</summary>
    public const int Size = (3 * GaussLegendre.Nodes) + 1;

    private readonly Span<double> space;

    /// <summary>Lays the nodes.</summary>
    /// <param name="from">The lower end.</param>
    /// <param name="to">The upper end.</param>
    /// <param name="last">The middle of the panel before.</param>
    /// <param name="space">Room for <see cref="Size"/> numbers.</param>
    public Panel(double from, double to, double last, Span<double> space)
    {
        Middle = 0.5 * (from + to);
        Last = last;
        Half = 0.5 * (to - from);
        this.space = space;
        for (var i = 0; i < GaussLegendre.Nodes; i += Vector256<double>.Count)
        {
            (Half * Vector256.LoadUnsafe(in GaussLegendre.X[i])).CopyTo(Offset[i..]);
        }
    }

    /// <summary>The middle.</summary>
    public double Middle { get; }

    /// <summary>The middle of the panel before.</summary>
    public double Last { get; }

    /// <summary>Half the width.</summary>
    public double Half { get; }

    /// <summary>ln(x/x of the middle of the panel before) at the middle, where the scale is a logit; unused otherwise.</summary>
    public ref double LogStep => ref space[3 * GaussLegendre.Nodes];

    /// <summary>The nodes, from the middle.</summary>
    public Span<double> Offset => space[..GaussLegendre.Nodes];

    /// <summary>ln(x/x of the middle) at the nodes, where the scale is a logit; unused otherwise.</summary>
    public Span<double> LogRatio => space.Slice(GaussLegendre.Nodes, GaussLegendre.Nodes);

    /// <summary>The means that belong to the nodes.</summary>
    public Span<double> Mean => space.Slice(2 * GaussLegendre.Nodes, GaussLegendre.Nodes);
}
