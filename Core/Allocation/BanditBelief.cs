using Bandstand.Experiments;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>What a bandit believes of the alternatives that it can judge, in their order, where older figures count less.</summary>
/// <param name="Best">The probability of being the best, summing to 1.</param>
/// <param name="Shares">The shares of the algorithm, summing to 1.</param>
internal sealed record BanditBelief(IReadOnlyList<double> Best, IReadOnlyList<double> Shares)
{
    /// <summary>The belief where figures count less with every interval that passed since, or null where too little is left of an alternative.</summary>
    /// <param name="arms">The alternatives, their epochs apart.</param>
    /// <param name="members">Those that are judged.</param>
    /// <param name="metric">The metric they are judged by.</param>
    /// <param name="topTwo">Whether shares are those of top-two sampling.</param>
    /// <param name="factors">By epoch: how much it counts, 0 to 1.</param>
    /// <param name="prior">What was known of the metric before, or null.</param>
    public static BanditBelief? Discounted(
        IReadOnlyList<ArmData> arms, IReadOnlyList<int> members, MetricDefinition metric, bool topTwo, IReadOnlyList<double> factors, MetricPrior? prior)
    {
        var sign = ScoreRequest.SignOf(metric.Goal);
        if (metric.Kind == MetricKind.Conversion)
        {
            BetaPosterior[] rates = [.. members.Select(i => Rate(arms[i], factors, prior?.Rate)).Select(rate => sign < 0 ? rate.Mirrored : rate)];
            return Weighed(BayesianComparison.Of(rates).ProbabilityBest, topTwo ? TopTwo.Of(rates).Resample : null);
        }

        var means = members.Select(i => Mean(arms[i], factors, prior?.Mean)).ToList();
        if (means.Any(m => m is null))
        {
            return null;
        }

        StudentPosterior[] posteriors = [.. means.Select(m => sign < 0 ? m!.Value.Mirrored : m!.Value)];
        return Weighed(BayesianComparison.Of(posteriors).ProbabilityBest, topTwo ? TopTwo.Of(posteriors).Resample : null);
    }

    private static BanditBelief Weighed(IReadOnlyList<double> best, IReadOnlyList<double>? shares) => new(best, shares ?? best);

    private static BetaPosterior Rate(ArmData arm, IReadOnlyList<double> factors, BetaPrior? prior)
    {
        double converted = 0, others = 0;
        for (var e = 0; e < factors.Count; e++)
        {
            converted += factors[e] * arm.Epochs![e].Converted;
            others += factors[e] * (arm.Epochs[e].Participants - arm.Epochs[e].Converted);
        }

        return new BetaPosterior((prior?.Alpha ?? 1) + converted, (prior?.Beta ?? 1) + others);
    }

    private static StudentPosterior? Mean(ArmData arm, IReadOnlyList<double> factors, NormalPrior? prior)
    {
        double count = 0, sum = 0, squares = 0;
        for (var e = 0; e < factors.Count; e++)
        {
            var totals = arm.Epochs![e].Totals;
            count += factors[e] * totals.Count;
            sum += factors[e] * totals.Total;
        }

        if (!(count > 0))
        {
            return null;
        }

        var mean = sum / count;
        for (var e = 0; e < factors.Count; e++)
        {
            var totals = arm.Epochs![e].Totals;
            squares += factors[e] * (totals.M2 + (totals.Count * (totals.Mean - mean) * (totals.Mean - mean)));
        }

        if (prior is not null)
        {
            // As NormalPrior.Posterior, of a count that need not be whole.
            var (worth, freedom) = (prior.Participants + count, prior.DegreesOfFreedom + count);
            squares += (prior.DegreesOfFreedom * prior.StdDev * prior.StdDev) + (prior.Participants * count / worth * (mean - prior.Mean) * (mean - prior.Mean));
            return new StudentPosterior(((prior.Participants * prior.Mean) + (count * mean)) / worth, Math.Sqrt(squares / freedom / worth), freedom);
        }

        return count > 2.5 && squares > 0 ? new StudentPosterior(mean, Math.Sqrt(squares / (count - 1) / count), count - 1) : null;
    }
}
