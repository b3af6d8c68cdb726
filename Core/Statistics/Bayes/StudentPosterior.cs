using Bandstand.Statistics.Distributions;
using static System.FormattableString;

namespace Bandstand.Statistics.Bayes;

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

    /// <summary>Its name and parameters.</summary>
    public override string ToString() => Invariant($"Student({Location}, {Scale}, {Freedom})");

    /// <summary>The interval that leaves the same probability on both sides.</summary>
    /// <param name="credibility">Over 0 and under 1, usually 0.95.</param>
    public Interval CredibleInterval(double credibility)
    {
        var reach = Scale * StudentT.UpperQuantile(0.5 * (1 - credibility), Freedom);
        return new(Location - reach, Location + reach);
    }

    /// <summary>The posterior of these totals, or null: fewer than three, or no spread.</summary>
    /// <param name="totals">Moments of the participants' totals.</param>
    public static StudentPosterior? Of(Moments totals) =>
        totals.Count < 3 || !(totals.M2 > 0)
            ? null
            : new(totals.Mean, Math.Sqrt(totals.M2 / (totals.Count - 1.0) / totals.Count), totals.Count - 1.0);
}
