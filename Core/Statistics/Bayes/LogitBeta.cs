using System.Runtime.Intrinsics;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// A Beta posterior on the logit scale y = ln(x / (1 − x)), where its density x^α (1−x)^β / B(α,β) is smooth, log-concave
/// and never infinite. The height at the mode comes from Stirling errors (Loader 2000), and the nodes of a panel from the
/// panel's middle, so that nothing large cancels: it is good to 1e-12 for millions of participants, where lnΓ differences are not.
/// </summary>
internal readonly struct LogitBeta : IPosterior
{
    private const double Negligible = 38; // e^-38 = 3e-17 of the height at the mode
    private readonly double a;
    private readonly double b;
    private readonly double mu;
    private readonly double mode;
    private readonly double logHeight;
    private readonly double step;
    private readonly double core;

    public LogitBeta(BetaPosterior posterior)
    {
        (a, b) = (posterior.Alpha, posterior.Beta);
        mu = a / (a + b);
        mode = Elementary.Log(a / b);
        logHeight = (0.5 * Elementary.Log(a * (b / (a + b)))) - GammaFunction.HalfLogTwoPi
            + GammaFunction.StirlingError(a + b) - GammaFunction.StirlingError(a) - GammaFunction.StirlingError(b);
        var width = Math.Sqrt((1 / a) + (1 / b));
        step = Math.Min(2.8 * width, 2.5);
        core = Math.Min(4 * width, 6);
        Lower = mode - Edge(-1, 8.7 * width);
        Upper = mode + Edge(1, 8.7 * width);
    }

    public double Lower { get; }

    public double Upper { get; }

    public double Mean => mu;

    public static void Lay(in Panel panel)
    {
        // x/x of the middle = 1/(1 + (1 − x of the middle)(e^(−offset) − 1)).
        var middle = Logistic(panel.Middle);
        var complement = Logistic(-panel.Middle);
        panel.LogStep = panel.Middle - panel.Last < 100 ? Elementary.Log1P(complement * Elementary.ExpM1(panel.Middle - panel.Last)) : double.NaN;
        for (var i = 0; i < GaussLegendre.Nodes; i += Vector256<double>.Count)
        {
            var w = complement * Elementary.ExpM1(-Vector256.LoadUnsafe(in panel.Offset[i]));
            (-Elementary.Log1P(w)).CopyTo(panel.LogRatio[i..]);
            (Vector256.Create(middle) / (Vector256<double>.One + w)).CopyTo(panel.Mean[i..]);
        }
    }

    public void Fill(in Panel panel, Span<double> density, ref double carried)
    {
        // ln of the density at the middle: from the mode, or on from the last panel, which saves two logarithms.
        carried += ((a + b) * panel.LogStep) - (b * (panel.Middle - panel.Last));
        if (double.IsNaN(carried))
        {
            carried = logHeight + LogDrop(panel.Middle - mode);
        }

        var (sum, minusB, middle) = (Vector256.Create(a + b), Vector256.Create(-b), Vector256.Create(carried));
        for (var i = 0; i < GaussLegendre.Nodes; i += Vector256<double>.Count)
        {
            var change = (sum * Vector256.LoadUnsafe(in panel.LogRatio[i])) + (minusB * Vector256.LoadUnsafe(in panel.Offset[i]));
            Elementary.Exp(middle + change).CopyTo(density[i..]);
        }
    }

    /// <summary>The density at y, per unit of the scale.</summary>
    public double At(double y) => Elementary.Exp(logHeight + LogDrop(y - mode));

    /// <summary>The probability between two points; negative where the second lies below the first.</summary>
    public double Between(double from, double to)
    {
        if (to < from)
        {
            return -Between(to, from);
        }

        Span<double> nodes = stackalloc double[Panel.Size];
        Span<double> density = stackalloc double[GaussLegendre.Nodes];
        var (sum, last, carried) = (0.0, from, double.NaN);
        while (from < to)
        {
            var end = Math.Max(Math.Min(to, from + Reach(from)), Math.BitIncrement(from));
            var panel = new Panel(from, end, last, nodes);
            Lay(panel);
            Fill(panel, density, ref carried);
            sum += panel.Half * Sweep.Weigh(density);
            (from, last) = (end, panel.Middle);
        }

        return sum;
    }

    /// <summary>Up to the core a panel may grow with the distance, as the tails are exponential; they set a limit of their own.</summary>
    public double Reach(double y)
    {
        var outside = Math.Max(0, Math.Abs(y - mode) - core);
        var reach = Math.Min(step + (0.35 * outside), 7 / (y < mode ? a : b));
        return Math.Max(step, reach);
    }

    private static double Logistic(double y)
        => y < -700 ? 0 : y > 700 ? 1 : y < 0 ? Elementary.Exp(y) / (1 + Elementary.Exp(y)) : 1 / (1 + Elementary.Exp(-y));

    /// <summary>ln of the density over its height, u from the mode: α u − (α + β) ln(1 + μ (eᵘ − 1)).</summary>
    private double LogDrop(double u) => u switch
    {
        > 700 => (a * u) - ((a + b) * (u + Elementary.Log(mu))),
        < -700 => (a * u) - ((a + b) * Elementary.Log(1 - mu)),
        _ => (a * u) - ((a + b) * Elementary.Log1P(mu * Elementary.ExpM1(u))),
    };

    /// <summary>How far from the mode the density has dropped to nothing, or a little farther.</summary>
    private double Edge(int side, double start)
    {
        // The log-density is concave, so Newton's steps end on the far side of the edge; a rough edge will do.
        var u = side * start;
        for (var round = 0; round < 12; round++)
        {
            var excess = LogDrop(u) + Negligible;
            if (excess is < 0 and > -20)
            {
                break;
            }

            var x = Logistic(mode + u);
            u -= excess / (a - ((a + b) * x));
        }

        return Math.Abs(u);
    }
}
