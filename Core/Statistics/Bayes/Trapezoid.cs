using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Posteriors as values with weights that sum to 1: the trapezoid rule on a scale on which the density is smooth and falls off at least
/// exponentially, where it gains digits in proportion to its nodes (Trefethen and Weideman 2014, SIAM Review 56).
/// </summary>
internal static class Trapezoid
{
    /// <summary>Under so small a part of the largest weight a node is left out, and all beyond it.</summary>
    private const double Negligible = 1e-9;

    /// <summary>Rates, on their logit.</summary>
    /// <param name="posterior">The posterior.</param>
    /// <param name="step">Between nodes, on the logit.</param>
    public static (double Value, double Weight)[] Of(BetaPosterior posterior, double step)
    {
        var (a, b) = (posterior.Alpha, posterior.Beta);
        var (mode, rest) = (Elementary.Log(a / (a + b)), Elementary.Log(b / (a + b)));
        var nodes = new List<(double, double)>(32);
        double Add(double offset)
        {
            var y = mode - rest + offset;
            if (Math.Abs(y) > 600)
            {
                return 0;
            }

            var odds = Elementary.Exp(-y);
            var weight = Elementary.Exp(((a + b) * -Elementary.Log1P(odds)) - (a * mode) - (b * (y + rest)));
            nodes.Add((1 / (1 + odds), weight));
            return weight;
        }

        return Both(Add, nodes, step);
    }

    /// <summary>Means, on s where the mean is location + scale √ν sinh s and the density cosh^−ν s.</summary>
    /// <param name="posterior">The posterior.</param>
    /// <param name="step">Between the values of nodes, at most.</param>
    /// <param name="farthest">From the location, where nodes are to be as close as that.</param>
    public static (double Value, double Weight)[] Of(StudentPosterior posterior, double step, double farthest)
    {
        var unit = posterior.Scale * Math.Sqrt(posterior.Freedom);
        var nodes = new List<(double, double)>(32);
        double Add(double s)
        {
            var half = 0.5 * (Elementary.ExpM1(0.5 * s) - Elementary.ExpM1(-0.5 * s));
            var weight = Elementary.Exp(-posterior.Freedom * Elementary.Log1P(2 * half * half));
            nodes.Add((posterior.Location + (unit * 0.5 * (Elementary.ExpM1(s) - Elementary.ExpM1(-s))), weight));
            return weight;
        }

        return Both(Add, nodes, step / Math.Sqrt((unit * unit) + (farthest * farthest)));
    }

    private static (double Value, double Weight)[] Both(Func<double, double> add, List<(double Value, double Weight)> nodes, double step)
    {
        var sum = add(0);
        foreach (var side in (ReadOnlySpan<int>)[1, -1])
        {
            for (var i = 1; ; i++)
            {
                var weight = add(side * i * step);
                if (weight < Negligible)
                {
                    break;
                }

                sum += weight;
            }
        }

        return [.. nodes.Where(node => node.Weight >= Negligible).Select(node => (node.Value, node.Weight / sum))];
    }
}
