using System.Runtime.Intrinsics;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Bayes;

/// <summary>A Student-t density; the scale is the mean itself.</summary>
internal readonly struct StudentDensity : IPosterior
{
    /// <summary>Up to which ln(1 + t) takes few terms: what they leave out is under 1e-17 of it.</summary>
    private const double Small = 0.1;

    private readonly double location;
    private readonly double scale;
    private readonly double freedom;
    private readonly double height;
    private readonly double edge;

    public StudentDensity(StudentPosterior posterior)
    {
        (location, scale, freedom) = (posterior.Location, posterior.Scale, posterior.Freedom);

        // Γ((ν+1)/2) / Γ(ν/2) by Stirling errors, which stays exact for millions of degrees of freedom.
        height = Elementary.Exp(GammaFunction.LogRatio(freedom / 2, 0.5)) / (scale * Math.Sqrt(Math.PI * freedom));

        // The tail beyond z is at most (1 + z²/ν)^(−ν/2): find where that is 1e-17.
        edge = 74 / freedom < 60 ? Math.Min(1e12, Math.Sqrt(freedom * Elementary.ExpM1(74 / freedom))) : 1e12;
    }

    public double Lower => location - (edge * scale);

    public double Upper => location + (edge * scale);

    public double Mean => location;

    public static void Lay(in Panel panel) => NormalDensity.Lay(panel);

    public void Fill(in Panel panel, ref double density, ref double carried)
    {
        var perScale = Vector256.Create(1 / scale);
        var middle = Vector256.Create(panel.Middle - location);
        var perFreedom = Vector256.Create(1 / freedom);
        var power = Vector256.Create(-0.5 * (freedom + 1));
        var farthest = (Math.Abs(panel.Middle - location) + panel.Half) / scale;
        var isSmall = farthest * farthest < Small * freedom;
        for (nuint n = 0; n < GaussLegendre.Nodes; n += 4)
        {
            var z = (middle + Vector256.LoadUnsafe(ref panel.Offset, n)) * perScale;
            var square = z * z * perFreedom;
            (height * Elementary.Exp(power * (isSmall ? LogOnePlus(square) : Elementary.Log1P(square)))).StoreUnsafe(ref density, n);
        }
    }

    /// <summary>As a normal density near the middle. In the tails, a power of the distance, each panel takes a share of it.</summary>
    public double PanelEnd(double from, bool isFaint)
    {
        var z = (from - location) / scale;
        var bend = 0.7 * Math.Sqrt((z * z) + freedom);
        var share = Math.Max(0.3, (freedom + 1) / (freedom + 19));
        var to = z < 0 ? Math.Min(z + bend, Math.Max(NormalDensity.PanelEnd(z), share * z))
            : Math.Min(Math.Max(z + bend, z * z > 4 * freedom ? z / share : 0), Math.Max(NormalDensity.PanelEnd(z), z / share));
        return location + (scale * to);
    }

    /// <summary>ln(1 + t) = 2 artanh(t/(2 + t)) of a small t, with full relative precision.</summary>
    private static Vector256<double> LogOnePlus(Vector256<double> t)
    {
        var s = t / (t + Vector256.Create(2.0));
        var z = s * s;
        var sum = Vector256.Create(1.0 / 13);
        sum = (sum * z) + Vector256.Create(1.0 / 11);
        sum = (sum * z) + Vector256.Create(1.0 / 9);
        sum = (sum * z) + Vector256.Create(1.0 / 7);
        sum = (sum * z) + Vector256.Create(1.0 / 5);
        sum = (sum * z) + Vector256.Create(1.0 / 3);
        return t - (s * (t - (2 * z * sum)));
    }
}
