using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Posteriors laid panel by panel, from below: each panel reaches as far as the sharpest density under it allows, densities are evaluated at its
/// sixteen nodes, and distribution functions are the running integrals of the densities over the same nodes.
/// </summary>
/// <remarks>A posterior that is behind takes no further time: its distribution function is 1.</remarks>
internal ref struct Sweep<TPosterior>
    where TPosterior : struct, IPosterior
{
    private const int Nodes = GaussLegendre.Nodes;

    /// <summary>Of each posterior: its distribution function before and after the panel, and what it carries.</summary>
    private const int Kept = 3;

    private readonly ReadOnlySpan<TPosterior> posteriors;
    private readonly Span<double> space;
    private readonly Span<int> places;
    private readonly double care;
    private readonly double floor;
    private int open;
    private double from = double.PositiveInfinity;
    private double end = double.NegativeInfinity;
    private double last;

    /// <summary>Before the first panel.</summary>
    /// <param name="posteriors">At least one.</param>
    /// <param name="floor">Up to it only the integrals of densities are needed; posteriors that are wholly below it are left out, as if they were behind.</param>
    /// <param name="space">Room for <see cref="Size"/> numbers.</param>
    /// <param name="places">Room for as many as there are posteriors.</param>
    public Sweep(ReadOnlySpan<TPosterior> posteriors, double floor, Span<double> space, Span<int> places)
    {
        this.posteriors = posteriors;
        this.space = space;
        this.places = places;
        this.floor = floor;
        for (var i = 0; i < posteriors.Length; i++)
        {
            ref var kept = ref At(i * Kept);
            (kept, Unsafe.Add(ref kept, 1), Unsafe.Add(ref kept, 2)) = (0, 0, double.NaN);
            if (posteriors[i].Upper > floor || posteriors[i].Lower >= floor)
            {
                places[open++] = i;
                (from, end) = (Math.Min(from, posteriors[i].Lower), Math.Max(end, posteriors[i].Upper));
            }
        }

        // The maximum of many is sharper than each.
        care = open > 16 ? 0.7 : 1;
        last = from;
    }

    /// <summary>The panel.</summary>
    public Panel Panel { get; private set; }

    /// <summary>Places of those that are not behind, ascending.</summary>
    public readonly ReadOnlySpan<int> Open => places[..open];

    /// <summary>
    /// The product of what there was of those that are behind: 1, but for posteriors so narrow beside their mean that numbers can hardly tell their ends apart.
    /// </summary>
    public double Behind { get; private set; } = 1;

    /// <summary>Numbers of room.</summary>
    public static int Size(int count) => (count * (Kept + (3 * Nodes))) + Panel.Size;

    /// <summary>Goes on to the next panel: densities at its nodes, distribution functions at its end.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Next()
    {
        if (!(from < end))
        {
            return false;
        }

        var to = PanelEnd();
        Panel = new Panel(from, to, last, space[^Panel.Size..]);
        TPosterior.Lay(Panel);
        foreach (var i in Open)
        {
            ref var kept = ref At(i * Kept);
            kept = Unsafe.Add(ref kept, 1);
            if (posteriors[i].Lower >= to)
            {
                MemoryMarshal.CreateSpan(ref Density(i), Nodes).Clear();
                continue;
            }

            posteriors[i].Fill(Panel, ref Density(i), ref Unsafe.Add(ref kept, 2));
            Unsafe.Add(ref kept, 1) = kept + (Panel.Half * GaussLegendre.Integral(in Density(i)));
        }

        (from, last) = (to, Panel.Middle);
        return true;
    }

    /// <summary>The distribution function of one at the panel's nodes.</summary>
    public readonly void Distribute(int i)
    {
        var before = Before(i);
        GaussLegendre.Running(in Density(i), before, After(i) - before, Panel.Half, ref Distribution(i));
    }

    /// <summary>The distribution function of one at the panel's lower end.</summary>
    public readonly double Before(int i) => At(i * Kept);

    /// <summary>The distribution function of one at the panel's upper end; of one that is behind, what there was of it.</summary>
    public readonly double After(int i) => At((i * Kept) + 1);

    /// <summary>The density of one at the panel's nodes.</summary>
    public readonly ref double Density(int i) => ref At((posteriors.Length * Kept) + (3 * i * Nodes));

    /// <summary>The distribution function of one at the panel's nodes.</summary>
    public readonly ref double Distribution(int i) => ref At((posteriors.Length * Kept) + (((3 * i) + 1) * Nodes));

    /// <summary>Room for sixteen numbers of each.</summary>
    public readonly ref double Room(int i) => ref At((posteriors.Length * Kept) + (((3 * i) + 2) * Nodes));

    private readonly ref double At(int index) => ref Unsafe.Add(ref MemoryMarshal.GetReference(space), index);

    /// <summary>How far the panel may reach; takes those that are behind off the list.</summary>
    private double PanelEnd()
    {
        var count = 0;
        foreach (var i in Open)
        {
            if (posteriors[i].Upper > from)
            {
                places[count++] = i;
            }
            else
            {
                Behind *= After(i);
            }
        }

        open = count;
        var to = from < floor ? PanelEnd(isFaint: true) : double.PositiveInfinity;
        return to <= floor ? to : PanelEnd(isFaint: false);
    }

    private readonly double PanelEnd(bool isFaint)
    {
        var to = end;
        foreach (var i in Open)
        {
            ref readonly var posterior = ref posteriors[i];
            to = Math.Min(to, Math.Max(posterior.Lower, from + (care * (posterior.PanelEnd(from, isFaint) - from))));
        }

        // A posterior that is a point on this scale must not stop the sweep.
        return Math.Max(to, Math.BitIncrement(from));
    }
}
