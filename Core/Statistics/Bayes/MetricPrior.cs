namespace Bandstand.Statistics.Bayes;

/// <summary>What was known of a metric before the experiment: one of the two, by the metric's kind. Immutable.</summary>
/// <param name="Rate">Of a conversion metric's rate, in every alternative.</param>
/// <param name="Mean">Of any other metric's mean, in every alternative.</param>
public sealed record MetricPrior(BetaPrior? Rate = null, NormalPrior? Mean = null);

/// <summary>A Beta prior of a rate: as if <paramref name="Alpha"/> − 1 had converted and <paramref name="Beta"/> − 1 had not, beside the uniform prior.</summary>
/// <param name="Alpha">α, over 0.</param>
/// <param name="Beta">β, over 0.</param>
public sealed record BetaPrior(double Alpha, double Beta)
{
    /// <summary>The posterior.</summary>
    /// <param name="participants">0 or more.</param>
    /// <param name="converted">0 to <paramref name="participants"/>.</param>
    public BetaPosterior Posterior(long participants, long converted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(converted);
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, converted);
        return new(Alpha + converted, Beta + (participants - converted));
    }
}

/// <summary>
/// A normal-inverse-gamma prior of a mean and its variance: as if so many participants with this mean, and so many degrees of freedom of
/// this standard deviation, had been seen (Gelman et al. 2013, §3.3).
/// </summary>
/// <param name="Mean">μ₀, the mean expected, finite.</param>
/// <param name="StdDev">σ₀, the standard deviation of participants' totals expected, over 0.</param>
/// <param name="Participants">κ₀, how many participants the mean is worth, over 0.</param>
/// <param name="DegreesOfFreedom">ν₀, how many the standard deviation is worth, 2 or more.</param>
public sealed record NormalPrior(double Mean, double StdDev, double Participants, double DegreesOfFreedom)
{
    /// <summary>The posterior of the mean: Student's t with ν₀ + n degrees of freedom.</summary>
    /// <param name="totals">Moments of the participants' totals; none is fine.</param>
    public StudentPosterior Posterior(Moments totals) => Posterior(totals.Mean, totals.Count, totals.Count, totals.M2);

    /// <summary>The same of figures that need not be those of whole participants: t with ν₀ + counted degrees of freedom.</summary>
    /// <param name="mean">Their mean; not read when <paramref name="worth"/> is 0.</param>
    /// <param name="counted">How many their spread was seen in, 0 or more.</param>
    /// <param name="worth">How many their mean is worth, 0 or more.</param>
    /// <param name="squares">The sum of squares about the mean, 0 or more.</param>
    internal StudentPosterior Posterior(double mean, double counted, double worth, double squares)
    {
        double all = Participants + worth, freedom = DegreesOfFreedom + counted;
        var away = worth == 0 ? 0 : mean - Mean;
        var spread = (DegreesOfFreedom * StdDev * StdDev) + squares + (Participants / all * worth * away * away);
        return new(Mean + (worth / all * away), Math.Sqrt(spread / freedom / all), freedom);
    }
}
