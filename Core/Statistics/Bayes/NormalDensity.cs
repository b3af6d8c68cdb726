using System.Runtime.Intrinsics;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Bayes;

/// <summary>A normal density; the scale is the mean itself.</summary>
internal readonly struct NormalDensity(NormalPosterior posterior) : IPosterior
{
    private const double Edge = 8.6;
    private const double Core = 4;
    private const double OneOverSqrtTwoPi = 0.39894228040143267794;

    public double Lower => posterior.Mean - (Edge * posterior.StandardDeviation);

    public double Upper => posterior.Mean + (Edge * posterior.StandardDeviation);

    public double Mean => posterior.Mean;

    public static void Lay(in Panel panel)
    {
        for (var i = 0; i < GaussLegendre.Nodes; i++)
        {
            panel.Mean[i] = panel.Middle + panel.Offset[i];
        }
    }

    public void Fill(in Panel panel, Span<double> density, ref double carried)
    {
        var perDeviation = Vector256.Create(1 / posterior.StandardDeviation);
        var middle = Vector256.Create(panel.Middle - posterior.Mean);
        var height = OneOverSqrtTwoPi * perDeviation;
        for (var i = 0; i < GaussLegendre.Nodes; i += Vector256<double>.Count)
        {
            var z = (middle + Vector256.LoadUnsafe(in panel.Offset[i])) * perDeviation;
            (height * Elementary.Exp(Vector256.Create(-0.5) * z * z)).CopyTo(density[i..]);
        }
    }

    public double Reach(double y)
    {
        var outside = Math.Max(0, Math.Abs((y - posterior.Mean) / posterior.StandardDeviation) - Core);
        return posterior.StandardDeviation * (2.8 + (0.35 * outside));
    }
}
