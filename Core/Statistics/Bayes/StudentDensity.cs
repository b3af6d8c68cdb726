using System.Runtime.Intrinsics;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Bayes;

/// <summary>A Student-t density; the scale is the mean itself.</summary>
internal readonly struct StudentDensity : IPosterior
{
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

    public void Fill(in Panel panel, Span<double> density, ref double carried)
    {
        var perScale = Vector256.Create(1 / scale);
        var middle = Vector256.Create(panel.Middle - location);
        var perFreedom = Vector256.Create(1 / freedom);
        var power = Vector256.Create(-0.5 * (freedom + 1));
        for (var i = 0; i < GaussLegendre.Nodes; i += Vector256<double>.Count)
        {
            var z = (middle + Vector256.LoadUnsafe(in panel.Offset[i])) * perScale;
            (height * Elementary.Exp(power * Elementary.Log1P(z * z * perFreedom))).CopyTo(density[i..]);
        }
    }

    /// <summary>Normal near the middle, a power in the tails, where a panel may grow with the distance.</summary>
    public double Reach(double y)
    {
        var z = Math.Abs((y - location) / scale);
        var bend = 0.7 * Math.Sqrt((z * z) + freedom);
        return scale * (z * z > 4 * freedom ? bend : Math.Min(bend, 2.8 + (0.35 * Math.Max(0, z - 4))));
    }
}
