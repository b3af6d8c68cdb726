using Bandstand.Experiments;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>What a bandit believes of the alternatives that it can judge, in their order, where weights changed or older figures count less.</summary>
/// <param name="Best">The probability of being the best, summing to 1.</param>
/// <param name="Shares">The shares of the algorithm, summing to 1.</param>
/// <param name="Figures">What that was computed from.</param>
/// <remarks>
/// <para>A plain total compares people of different times once weights have changed: an alternative that got more of the last week got more
/// of its weather and more of those who have had no time to convert. So each alternative's mean is the one it would have if every
/// epoch had been spread over all alike (<see cref="AdjustedMeans"/>), worth as many participants as tell it from the others. Then
/// neither a season, nor a trend, nor delayed conversions are mistaken for a difference; what docs/allocation.md measures.</para>
/// <para>A discount lets an epoch's figures count less: a posterior of discounted counts (Raj and Kalyani 2017, arXiv 1707.09727), by epoch
/// so that it follows from the journal alone. Pure.</para>
/// </remarks>
internal sealed record BanditBelief(IReadOnlyList<double> Best, IReadOnlyList<double> Shares, IReadOnlyList<BelievedFigure> Figures)
{
    /// <summary>The belief, or null where too little is left of an alternative's values.</summary>
    /// <param name="epochs">What the alternatives did.</param>
    /// <param name="metric">The metric they are judged by.</param>
    /// <param name="topTwo">Whether shares are those of top-two sampling.</param>
    /// <param name="prior">What was known of the metric before, or null.</param>
    public static BanditBelief? Of(BanditEpochs epochs, MetricDefinition metric, bool topTwo, MetricPrior? prior)
    {
        var sign = ScoreRequest.SignOf(metric.Goal);
        var arms = AdjustedMeans.Of(epochs.Moments, epochs.Factors);
        if (metric.Kind == MetricKind.Conversion)
        {
            arms = [.. arms.Select(arm => arm with { Mean = Math.Clamp(arm.Mean, 0, 1) })];
            BetaPosterior[] rates = [.. arms.Select(arm => Rate(arm, prior?.Rate)).Select(rate => sign < 0 ? rate.Mirrored : rate)];
            return Believed(arms, false, BayesianComparison.Of(rates).ProbabilityBest, topTwo ? TopTwo.Of(rates).Resample : null);
        }

        var means = arms.Select(arm => Mean(arm, prior?.Mean)).ToList();
        if (means.Any(m => m is null))
        {
            return null;
        }

        StudentPosterior[] posteriors = [.. means.Select(m => sign < 0 ? m!.Value.Mirrored : m!.Value)];
        return Believed(arms, true, BayesianComparison.Of(posteriors).ProbabilityBest, topTwo ? TopTwo.Of(posteriors).Resample : null);
    }

    private static BanditBelief Believed(AdjustedMean[] arms, bool withSpread, IReadOnlyList<double> best, IReadOnlyList<double>? shares)
        => new(best, shares ?? best, [.. arms.Select(arm => withSpread && arm.Counted > 1
            ? new BelievedFigure(arm.Worth, arm.Mean) { StdDev = Math.Sqrt(arm.Squares / (arm.Counted - 1)), DegreesOfFreedom = arm.Counted - 1 }
            : new BelievedFigure(arm.Worth, arm.Mean))]);

    private static BetaPosterior Rate(AdjustedMean arm, BetaPrior? prior)
        => new((prior?.Alpha ?? 1) + (arm.Worth * arm.Mean), (prior?.Beta ?? 1) + (arm.Worth * (1 - arm.Mean)));

    private static StudentPosterior? Mean(AdjustedMean arm, NormalPrior? prior)
    {
        if (!(arm.Counted > 0))
        {
            return null;
        }

        if (prior is not null)
        {
            return prior.Posterior(arm.Mean, arm.Counted, arm.Worth, arm.Squares);
        }

        return arm is { Counted: > 2.5, Worth: > 0, Squares: > 0 }
            ? new StudentPosterior(arm.Mean, Math.Sqrt(arm.Squares / (arm.Counted - 1) / arm.Worth), arm.Counted - 1)
            : null;
    }
}
