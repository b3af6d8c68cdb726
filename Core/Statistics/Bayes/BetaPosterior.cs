using static Bandstand.Statistics.Bayes.Elementary;

namespace Bandstand.Statistics.Bayes;

/// <summary>
/// A Beta posterior of a conversion rate. With the uniform prior, <c>converted</c> of <c>participants</c> give
/// Beta(1 + converted, 1 + participants − converted). Immutable; both parameters are over 0 and finite.
/// </summary>
/// <param name="Alpha">α &gt; 0.</param>
/// <param name="Beta">β &gt; 0.</param>
public readonly record struct BetaPosterior(double Alpha, double Beta)
{
    /// <summary>The posterior of a conversion metric under the uniform prior.</summary>
    /// <param name="participants">n ≥ 0.</param>
    /// <param name="converted">0 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">More converted than participate, or a negative number.</exception>
    public static BetaPosterior Of(long participants, long converted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(converted);
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, converted);
        return new(1.0 + converted, 1.0 + (participants - converted));
    }

    /// <summary>α / (α + β).</summary>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>√(αβ / ((α + β)² (α + β + 1))).</summary>
    public double StandardDeviation => Math.Sqrt(Mean * (Beta / (Alpha + Beta)) / (Alpha + Beta + 1));

    /// <summary>The posterior of 1 − rate: turns "least is best" into "most is best".</summary>
    public BetaPosterior Mirrored => new(Beta, Alpha);
}

/// <summary>
/// A Beta posterior on the logit scale y = ln(x / (1 − x)), where its density x^α (1−x)^β / B(α,β) is smooth, log-concave
/// and never infinite. The height at the mode comes from Stirling errors (Loader 2000), so that it is good to 1e-15 for
/// millions of participants, where lnΓ differences are not.
/// </summary>
internal readonly struct LogitBeta : IPosterior
{
    private const double Negligible = 45; // e^-45 = 3e-20 of the height at the mode
    private readonly double a;
    private readonly double n;
    private readonly double mu;
    private readonly double mode;
    private readonly double height;
    private readonly double width;

    public LogitBeta(BetaPosterior posterior)
    {
        a = posterior.Alpha;
        var b = posterior.Beta;
        n = a + b;
        mu = a / n;
        mode = Math.Log(a / b);
        height = Math.Sqrt(a * (b / n) / (2 * Math.PI)) * Math.Exp(StirlingError(n) - StirlingError(a) - StirlingError(b));
        width = Math.Sqrt(n / a / b);
        Mean = mu;
        Lower = Edge(-1);
        Upper = Edge(1);
    }

    public double Lower { get; }

    public double Upper { get; }

    public double Mean { get; }

    public double Density(double y) => height * Math.Exp(LogDrop(y - mode));

    public double Reach(double y)
    {
        var x = Value(y);
        var slope = Math.Abs(a - (n * x));
        return Math.Min(Math.Min(2.2 * width, 2.5), 12 / slope);
    }

    public double Value(double y) => y < 0 ? Math.Exp(y) / (1 + Math.Exp(y)) : 1 / (1 + Math.Exp(-y));

    /// <summary>ln of the density over its height, u from the mode: a u − n ln(1 + μ (eᵘ − 1)).</summary>
    private double LogDrop(double u) => u > 700
        ? (a * u) - (n * (u + Math.Log(mu)))
        : (a * u) - (n * Log1P(mu * ExpM1(u)));

    private double Edge(int side)
    {
        // The log-density is concave: widen until it has dropped enough, then bisect; a rough edge will do.
        var far = width;
        while (LogDrop(side * far) > -Negligible)
        {
            far *= 2;
        }

        var near = far / 2;
        for (var round = 0; round < 5; round++)
        {
            var middle = (near + far) / 2;
            if (LogDrop(side * middle) > -Negligible)
            {
                near = middle;
            }
            else
            {
                far = middle;
            }
        }

        return mode + (side * far);
    }
}
