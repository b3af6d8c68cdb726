using static Bandstand.Statistics.Bayes.Elementary;

namespace Bandstand.Statistics.Bayes;

/// <summary>A normal posterior of a mean. Immutable.</summary>
/// <param name="Mean">Its mean, finite.</param>
/// <param name="StandardDeviation">Its standard deviation, over 0 and finite.</param>
public readonly record struct NormalPosterior(double Mean, double StandardDeviation)
{
    /// <summary>The posterior of −mean: turns "least is best" into "most is best".</summary>
    public NormalPosterior Mirrored => new(-Mean, StandardDeviation);
}

/// <summary>
/// A Student-t posterior of a mean with unknown variance: location, scale and degrees of freedom. With the reference prior
/// p(μ, σ²) ∝ 1/σ² (Gelman et al. 2013, §3.2) n totals with mean m and standard deviation s give t with n − 1 degrees of
/// freedom, location m and scale s / √n. Immutable.
/// </summary>
/// <param name="Location">Its location, finite.</param>
/// <param name="Scale">Its scale, over 0 and finite.</param>
/// <param name="Freedom">Degrees of freedom, over 1, so that it has a mean.</param>
public readonly record struct StudentPosterior(double Location, double Scale, double Freedom)
{
    /// <summary>The posterior of −mean: turns "least is best" into "most is best".</summary>
    public StudentPosterior Mirrored => this with { Location = -Location };

    /// <summary>The posterior of these totals, or null: fewer than three, or no spread.</summary>
    /// <param name="totals">Moments of the participants' totals.</param>
    public static StudentPosterior? Of(Moments totals) =>
        totals.Count < 3 || !(totals.M2 > 0)
            ? null
            : new(totals.Mean, Math.Sqrt(totals.M2 / (totals.Count - 1.0) / totals.Count), totals.Count - 1.0);
}

/// <summary>A normal density; the scale is the mean itself.</summary>
internal readonly struct NormalDensity(NormalPosterior posterior) : IPosterior
{
    private const double Edge = 9;
    private readonly double height = 1 / (posterior.StandardDeviation * Math.Sqrt(2 * Math.PI));

    public double Lower => posterior.Mean - (Edge * posterior.StandardDeviation);

    public double Upper => posterior.Mean + (Edge * posterior.StandardDeviation);

    public double Mean => posterior.Mean;

    public double Density(double y)
    {
        var z = (y - posterior.Mean) / posterior.StandardDeviation;
        return height * Math.Exp(-z * z / 2);
    }

    public double Reach(double y)
    {
        var z = Math.Abs((y - posterior.Mean) / posterior.StandardDeviation);
        return posterior.StandardDeviation * Math.Min(2.2, 12 / z);
    }

    public double Value(double y) => y;
}

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
        var half = freedom / 2;
        var logRatio = (half * Log1P(0.5 / half)) - 0.5 + (0.5 * Math.Log(half)) + StirlingError(half + 0.5) - StirlingError(half);
        height = Math.Exp(logRatio) / (scale * Math.Sqrt(Math.PI * freedom));

        // The tail beyond z is at most (1 + z²/ν)^(−ν/2): find where that is 1e-17.
        edge = Math.Sqrt(freedom * ExpM1(2 * 40 / freedom));
        if (!(edge < 1e12))
        {
            edge = 1e12;
        }
    }

    public double Lower => location - (edge * scale);

    public double Upper => location + (edge * scale);

    public double Mean => location;

    public double Density(double y)
    {
        var z = (y - location) / scale;
        return height * Math.Exp(-(freedom + 1) / 2 * Log1P(z * z / freedom));
    }

    public double Reach(double y)
    {
        var z = Math.Abs((y - location) / scale);
        var slope = (freedom + 1) * z / (freedom + (z * z));
        return scale * Math.Min(Math.Min(2.2 * (1 + (z / Math.Sqrt(freedom))), 12 / slope), 0.9 * Math.Sqrt((z * z) + freedom));
    }

    public double Value(double y) => y;
}
