using System.Runtime.Intrinsics;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Bayes;

/// <summary>A normal density; the scale is the mean itself.</summary>
internal readonly struct NormalDensity(NormalPosterior posterior) : IPosterior
{
    private const double Edge = 8.6;
    private const double Core = 4;
    private const double Step = 2.8;
    private const double Growth = .35;
    private const double OneOverSqrtTwoPi = 0.39894228040143267794;

    public double Lower => posterior.Mean - (Edge * posterior.StandardDeviation);

    public double Upper => posterior.Mean + (Edge * posterior.StandardDeviation);

    public double Mean => posterior.Mean;

    public static void Lay(in Panel panel)
    {
        for (nuint n = 0; n < GaussLegendre.Nodes; n += 4)
        {
            (Vector256.Create(panel.Middle) + Vector256.LoadUnsafe(ref panel.Offset, n)).StoreUnsafe(ref panel.Mean, n);
        }
    }

    public void Fill(in Panel panel, ref double density, ref double carried)
    {
        var perDeviation = Vector256.Create(1 / posterior.StandardDeviation);
        var middle = Vector256.Create(panel.Middle - posterior.Mean);
        var height = OneOverSqrtTwoPi * perDeviation;
        for (nuint n = 0; n < GaussLegendre.Nodes; n += 4)
        {
            var z = (middle + Vector256.LoadUnsafe(ref panel.Offset, n)) * perDeviation;
            (height * Elementary.Exp(Vector256.Create(-0.5) * z * z)).StoreUnsafe(ref density, n);
        }
    }

    public double PanelEnd(double from, bool isFaint) => posterior.Mean + (posterior.StandardDeviation * PanelEnd((from - posterior.Mean) / posterior.StandardDeviation));

    /// <summary>The end in standard deviations of a panel that begins at z: 2.8 farther, and more where the density is small all over the panel.</summary>
    internal static double PanelEnd(double z)
        => z < -Core ? z + Step + (Growth * (-Core - z)) : Math.Max(z + Step, (z + Step - (Growth * Core)) / (1 - Growth));
}
