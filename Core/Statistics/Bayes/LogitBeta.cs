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
    private const double Rough = 4; // an edge may lie that much farther down
    private const double Growth = .35;
    private const double Few = 20; // so many who converted, or not, halve the growth
    private readonly double a;
    private readonly double b;
    private readonly double mu;
    private readonly double mode;
    private readonly double logHeight;
    private readonly double step;
    private readonly double core;
    private readonly double likeness;

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
        likeness = Math.Min(a, b) / (Math.Min(a, b) + Few);
        var edges = Edges(width);
        (Lower, Upper) = (mode + edges.GetElement(0), mode + edges.GetElement(1));
    }

    public double Lower { get; }

    public double Upper { get; }

    public double Mean => mu;

    public static void Lay(in Panel panel)
    {
        // 1 − x is that of the middle over 1 + x of the middle (e^offset − 1), and the other way round.
        var (middle, complement) = Logistic(panel.Middle);
        var (sign, rarer) = panel.Middle < 0 ? (1.0, middle) : (-1.0, complement);
        for (nuint n = 0; n < Panel.Laid; n += 4)
        {
            var growth = rarer * Elementary.ExpM1(sign * Vector256.LoadUnsafe(ref panel.Offset, n));
            Elementary.Log1P(growth).StoreUnsafe(ref panel.LogFall, n);
            if (n < GaussLegendre.Nodes)
            {
                var numerator = sign > 0 ? Vector256.Create(middle) + growth : Vector256.Create(middle);
                (numerator / (Vector256<double>.One + growth)).StoreUnsafe(ref panel.Mean, n);
            }
        }
    }

    public void Fill(in Panel panel, ref double density, ref double carried)
    {
        // ln of the density from the middle: α offset − (α + β) ln of the fall of 1 − x, or the mirror of it, so that nothing large cancels.
        var (slope, sum) = (Vector256.Create(panel.Middle < 0 ? a : -b), Vector256.Create(a + b));

        // At the middle: from the mode, or on from the last panel, which saves two logarithms.
        carried -= (slope.ToScalar() * (panel.Last - panel.Middle)) - ((a + b) * panel.LogFallBack);
        if (double.IsNaN(carried))
        {
            carried = logHeight + LogDrop(panel.Middle - mode);
        }

        var middle = Vector256.Create(carried);
        for (nuint n = 0; n < GaussLegendre.Nodes; n += 4)
        {
            var change = (slope * Vector256.LoadUnsafe(ref panel.Offset, n)) - (sum * Vector256.LoadUnsafe(ref panel.LogFall, n));
            Elementary.Exp(middle + change).StoreUnsafe(ref density, n);
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

        Span<double> space = stackalloc double[Panel.Size + GaussLegendre.Nodes];
        ref var density = ref space[Panel.Size];
        var (sum, last, carried) = (0.0, from, double.NaN);
        while (from < to)
        {
            var panel = new Panel(from, Math.Max(Math.Min(to, PanelEnd(from, isFaint: true)), Math.BitIncrement(from)), last, space);
            Lay(panel);
            Fill(panel, ref density, ref carried);
            sum += panel.Half * GaussLegendre.Integral(in density);
            (from, last) = (panel.To, panel.Middle);
        }

        return sum;
    }

    /// <summary>
    /// Beyond the core a panel may grow with the distance: as that of a normal density where there are many, else as exponential tails allow. Not where
    /// the distribution function begins, which would no longer be right to a percent while it is tiny.
    /// </summary>
    public double PanelEnd(double from, bool isFaint)
    {
        var away = from - mode;
        if (away < -core)
        {
            var grown = Growth * (-core - away);
            return from + step + Math.Max(isFaint ? grown * likeness : 0, Math.Min(grown, (7 / a) - step));
        }

        var stretch = ((away + step - (Growth * core)) / (1 - Growth)) - away - step;
        return stretch > 0 ? from + step + Math.Max(stretch * likeness, Math.Min(stretch, (7 / b) - step)) : from + step;
    }

    /// <summary>e^y / (1 + e^y), and 1 / (1 + e^y).</summary>
    private static (double Rate, double Complement) Logistic(double y)
    {
        var small = Elementary.Exp(-Math.Abs(y));
        var (less, more) = (small / (1 + small), 1 / (1 + small));
        return y < 0 ? (less, more) : (more, less);
    }

    /// <summary>ln of the density over its height, u from the mode: α u − (α + β) ln(1 + μ (eᵘ − 1)), or the mirror of it.</summary>
    private double LogDrop(double u)
    {
        var (slope, away, rarer) = a <= b ? (a, u, mu) : (b, -u, b / (a + b));
        return away switch
        {
            > 700 => (slope * away) - ((a + b) * (away + Elementary.Log(rarer))),
            < -700 => (slope * away) - ((a + b) * Elementary.Log1P(-rarer)),
            _ => (slope * away) - ((a + b) * Elementary.Log1P(rarer * Elementary.ExpM1(away))),
        };
    }

    /// <summary>How far from the mode, below and above, the density has dropped to nothing, or a little farther; a rough edge will do.</summary>
    private Vector256<double> Edges(double width)
    {
        // From the second and third derivative; then the log-density is concave, so that Newton's steps end on the far side of the edge.
        var reach = 8.74 * width;
        var skew = reach * (1 - (2 * mu)) / 3;
        var (less, more) = (Math.Clamp(-skew, -1, 0.8), Math.Clamp(skew, -1, 0.8));
        var u = Vector256.Create(-reach * (1 - (less * (0.5 - (0.625 * less)))), reach * (1 - (more * (0.5 - (0.625 * more)))), 0, 0);
        for (var round = 0; round < 12 && Math.Abs(u.GetElement(0)) < 300 && Math.Abs(u.GetElement(1)) < 300; round++)
        {
            var growth = mu * Elementary.ExpM1(u);
            var excess = (a * u) - ((a + b) * Elementary.Log1P(growth)) + Vector256.Create(Negligible, Negligible, -1, -1);
            var isRough = Vector256.LessThan(excess, Vector256<double>.Zero) & Vector256.GreaterThan(excess, Vector256.Create(-Rough));
            if (Vector256.EqualsAll(isRough.AsInt64(), Vector256<long>.AllBitsSet))
            {
                return u;
            }

            var rate = (growth + Vector256.Create(mu)) / (growth + Vector256<double>.One);
            u = Vector256.ConditionalSelect(isRough, u, u - (excess / (Vector256.Create(a) - ((a + b) * rate))));
        }

        return Vector256.Create(Edge(-reach), Edge(reach), 0, 0);
    }

    /// <summary>The same of one side, however flat it is.</summary>
    private double Edge(double u)
    {
        for (var round = 0; round < 12; round++)
        {
            var excess = LogDrop(u) + Negligible;
            if (excess is < 0 and > -Rough)
            {
                break;
            }

            u -= excess / (a - ((a + b) * Logistic(mode + u).Rate));
        }

        return u;
    }
}
