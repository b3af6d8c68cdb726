namespace Bandstand.Statistics.Distributions;

/// <summary>Student's t distribution, with any number of degrees of freedom above 0, whole or not.</summary>
/// <remarks>
/// Own code, because MathNet.Numerics 5.0.0 is off by 4e-8 with 1e7 degrees of freedom. Up to 20 degrees, and in the far
/// tail, the incomplete beta function; beyond, its expansion for large a and b = ½ (see <see cref="Expansion"/>), which takes
/// a fixed number of steps. Measured against 60-digit values, 1 to 1e9 degrees of freedom, tails to 1e-300: relative
/// error below 1e-12. Pure, safe to call from any thread.
/// </remarks>
public static class StudentT
{
    /// <summary>P(T &gt; t), with full relative precision in the upper tail.</summary>
    /// <param name="t">Any number, infinities included.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public static double Survival(double t, double degreesOfFreedom)
    {
        Check(degreesOfFreedom);
        ArgumentOutOfRangeException.ThrowIfEqual(t, double.NaN);
        return t < 0 ? 1 - UpperTail(-t, degreesOfFreedom) : UpperTail(t, degreesOfFreedom);
    }

    /// <summary>2 P(T &gt; |t|).</summary>
    /// <param name="t">Any number, infinities included.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    public static double TwoSided(double t, double degreesOfFreedom) => 2 * Survival(Math.Abs(t), degreesOfFreedom);

    /// <summary>The t for which P(T &gt; t) = <paramref name="q"/>: <c>UpperQuantile(0.025, 10)</c> is 2.228.</summary>
    /// <param name="q">Above 0 and below 1.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    /// <remarks>Newton's method on ln P against ln t from the expansion about the normal quantile; relative error as that of <see cref="Survival"/>.</remarks>
    public static double UpperQuantile(double q, double degreesOfFreedom)
    {
        Check(degreesOfFreedom);
        if (!(q is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "q must lie between 0 and 1.");
        }

        if (q > 0.5)
        {
            return -UpperQuantile(1 - q, degreesOfFreedom);
        }

        if (q == 0.5)
        {
            return 0;
        }

        var t = Start(q, degreesOfFreedom);
        for (var i = 0; i < 100; i++)
        {
            var tail = UpperTail(t, degreesOfFreedom);
            var step = Math.Log(tail / q) * (tail / t / Density(t, degreesOfFreedom));
            if (!double.IsFinite(step))
            {
                throw new ArithmeticException($"No t of double precision has the upper tail {q:R} with {degreesOfFreedom:R} degrees of freedom.");
            }

            // Near t = 0 the tail is not a power of t: there ln t may only move a little at a time.
            var next = t * Math.Exp(Math.Clamp(step, -1, 1));
            if (Math.Abs(next - t) <= 1e-9 * t)
            {
                // What is left is the square of that.
                return next;
            }

            t = next;
        }

        return t;
    }

    /// <summary>The density at <paramref name="t"/>.</summary>
    /// <param name="t">Any number.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    public static double Density(double t, double degreesOfFreedom)
        => Math.Exp(LogDensityAtZero(degreesOfFreedom)
            - (0.5 * (degreesOfFreedom + 1) * LogOnePlusSquare(t, degreesOfFreedom)));

    /// <summary>ln of the density at 0, which is what makes the density integrate to 1.</summary>
    internal static double LogDensityAtZero(double degreesOfFreedom)
        => GammaFunction.LogRatio(0.5 * degreesOfFreedom, 0.5) - (0.5 * Math.Log(Math.PI * degreesOfFreedom));

    private static double UpperTail(double t, double degreesOfFreedom)
    {
        if (double.IsInfinity(t))
        {
            return 0;
        }

        if (double.IsInfinity(degreesOfFreedom))
        {
            return Normal.Survival(t);
        }

        var square = t / degreesOfFreedom * t;
        if (degreesOfFreedom > 20)
        {
            var logarithm = LogOnePlusSquare(t, degreesOfFreedom);
            if (logarithm < 2)
            {
                return Expansion.UpperTail(degreesOfFreedom, logarithm);
            }
        }

        // In terms of t, so that neither argument is formed by subtracting from 1.
        var (x, complement) = square < 1e300 ? (1 / (1 + square), square / (1 + square)) : (1 / square, 1);
        return 0.5 * IncompleteBeta.Regularized(0.5 * degreesOfFreedom, 0.5, x, complement);
    }

    /// <summary>ln(1 + t²/df), also where the square overflows.</summary>
    private static double LogOnePlusSquare(double t, double degreesOfFreedom)
    {
        var square = t / degreesOfFreedom * t;
        return square < 1e300 ? Elementary.Log1P(square) : (2 * Math.Log(Math.Abs(t))) - Math.Log(degreesOfFreedom);
    }

    private static double Start(double q, double degreesOfFreedom)
    {
        if (degreesOfFreedom < 3)
        {
            // The tail of a Cauchy-like distribution: P ~ density constant × t^-df.
            var tail = Math.Exp((LogDensityAtZero(degreesOfFreedom) + (0.5 * (degreesOfFreedom - 1) * Math.Log(degreesOfFreedom)) - Math.Log(q)) / degreesOfFreedom);
            return Math.Max(1e-3, q < 0.1 ? tail : Normal.UpperQuantile(q));
        }

        // Abramowitz and Stegun 26.7.5.
        var z = Normal.UpperQuantile(q);
        var (square, over) = (z * z, 1 / degreesOfFreedom);
        var first = z * (square + 1) / 4;
        var second = z * ((((5 * square) + 16) * square) + 3) / 96;
        var third = z * ((((((3 * square) + 19) * square) + 17) * square) - 15) / 384;
        var start = z + (over * (first + (over * (second + (over * third)))));
        return degreesOfFreedom < 10 ? Math.Max(1e-300, z + (over * first)) : Math.Max(1e-300, start);
    }

    private static void Check(double degreesOfFreedom)
    {
        if (!(degreesOfFreedom > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(degreesOfFreedom), degreesOfFreedom, "Degrees of freedom must be above 0.");
        }
    }

    /// <summary>
    /// I_x(a, ½) for large a. With x = e^−L and T = a − ¼ the integral is ∫ from L to ∞ of e^(−Tv) (2 sinh(v/2))^(−½) dv;
    /// the root is expanded in v², which leaves incomplete gamma functions of ½, 2½, 4½ … that follow from each other by a
    /// recurrence of positive terms (the idea of DiDonato and Morris 1992 for small b).
    /// </summary>
    private static class Expansion
    {
        private const int Terms = 20;

        /// <summary>Coefficients of v^(2n) in (sinh(v/2)/(v/2))^(−½), by the power-series rule of J. C. P. Miller.</summary>
        private static readonly double[] Coefficients = Expand();

        public static double UpperTail(double degreesOfFreedom, double logarithm)
        {
            var t = (0.5 * degreesOfFreedom) - 0.25;
            return 0.5 * Sum(t, t * logarithm) / Sum(t, 0);
        }

        private static double Sum(double t, double z)
        {
            const double SqrtPi = 1.7724538509055160273;

            // Γ(½, z)/√π and z^½ e^(−z)/√π.
            var gamma = z == 0 ? 1 : 2 * Normal.Survival(Math.Sqrt(2 * z));
            var power = z == 0 ? 0 : Math.Sqrt(z) * Math.Exp(-z) / SqrtPi;
            var sum = gamma;
            var order = 0.5;
            var scale = 1.0;
            for (var n = 1; n < Terms; n++)
            {
                // Γ(s + 1, z) = s Γ(s, z) + z^s e^(−z), twice.
                gamma = (order * gamma) + power;
                power *= z;
                gamma = ((order + 1) * gamma) + power;
                power *= z;
                order += 2;
                scale /= t * t;
                var term = Coefficients[n] * scale * gamma;
                sum += term;
                if (Math.Abs(term) < 1e-17 * sum)
                {
                    break;
                }
            }

            return sum;
        }

        private static double[] Expand()
        {
            // sinh(h)/h = Σ h^(2k) / (2k + 1)!
            var a = new double[Terms];
            a[0] = 1;
            for (var k = 1; k < Terms; k++)
            {
                a[k] = a[k - 1] / (2 * k * ((2 * k) + 1));
            }

            var g = new double[Terms];
            g[0] = 1;
            var quarter = 1.0;
            var coefficients = new double[Terms];
            coefficients[0] = 1;
            for (var n = 1; n < Terms; n++)
            {
                for (var k = 1; k <= n; k++)
                {
                    g[n] += ((-0.5 * k) - n + k) * a[k] * g[n - k] / n;
                }

                quarter /= 4;
                coefficients[n] = g[n] * quarter;
            }

            return coefficients;
        }
    }
}
