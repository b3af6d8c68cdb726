namespace Bandstand.Statistics.Bayes;

/// <summary>
/// Sixteen-point Gauss–Legendre quadrature on [−1, 1] with the matrix that integrates the interpolating polynomial up to
/// each node, so that a density and its running integral come from the same sixteen values.
/// </summary>
internal static class GaussLegendre
{
    /// <summary>Nodes of a panel.</summary>
    public const int Nodes = 16;

    /// <summary>The nodes, ascending.</summary>
    public static readonly double[] X = new double[Nodes];

    /// <summary>Their weights.</summary>
    public static readonly double[] W = new double[Nodes];

    /// <summary>
    /// Column n, from index 16 n: what node n adds to the integral from −1 to each of the sixteen nodes.
    /// </summary>
    public static readonly double[] Running = new double[Nodes * Nodes];

    static GaussLegendre()
    {
        // To two digits; Newton's method does the rest, without a cosine that might differ between machines.
        double[] near = [0.10, 0.28, 0.46, 0.62, 0.76, 0.87, 0.94, 0.99];
        Span<double> p = stackalloc double[Nodes + 2];
        for (var i = 0; i < Nodes; i++)
        {
            var x = i < Nodes / 2 ? -near[(Nodes / 2) - 1 - i] : near[i - (Nodes / 2)];
            var slope = 1.0;
            for (var round = 0; round < 8; round++)
            {
                Legendre(x, p);
                slope = Nodes * ((x * p[Nodes]) - p[Nodes - 1]) / ((x * x) - 1);
                x -= p[Nodes] / slope;
            }

            X[i] = x;
            W[i] = 2 / ((1 - (x * x)) * slope * slope);
        }

        // ∫ from −1 of the k-th Legendre polynomial is (P(k+1) − P(k−1)) / (2k + 1).
        Span<double> at = stackalloc double[Nodes + 2];
        for (var m = 0; m < Nodes; m++)
        {
            Legendre(X[m], at);
            for (var n = 0; n < Nodes; n++)
            {
                Legendre(X[n], p);
                var sum = X[m] + 1;
                for (var k = 1; k < Nodes; k++)
                {
                    sum += p[k] * (at[k + 1] - at[k - 1]);
                }

                Running[(n * Nodes) + m] = W[n] * sum / 2;
            }
        }
    }

    private static void Legendre(double x, Span<double> p)
    {
        p[0] = 1;
        p[1] = x;
        for (var k = 1; k <= Nodes; k++)
        {
            p[k + 1] = ((((2 * k) + 1) * x * p[k]) - (k * p[k - 1])) / (k + 1);
        }
    }
}
