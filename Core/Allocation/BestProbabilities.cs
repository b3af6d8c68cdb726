using Bandstand.Experiments;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>The posterior probability of being the best, for metrics of any kind and direction. Thread-safe.</summary>
/// <remarks>
/// Conversion rates have Beta posteriors under the uniform prior, totals Student-t posteriors under the reference prior. Less is
/// better is mirrored here, at the edge, so that there is one way of computing. An alternative whose totals are all the same
/// (nobody bought) borrows the pooled spread of the others.
/// </remarks>
internal static class BestProbabilities
{
    /// <summary>By arm: the probability, 0 to 1, summing to 1 over those that take part and can be judged; null for the others.</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="takesPart">Which of them take part.</param>
    /// <param name="metric">The metric they are judged by.</param>
    public static double?[] Of(IReadOnlyList<ArmData> arms, Func<ArmData, bool> takesPart, MetricDefinition metric)
    {
        var members = Enumerable.Range(0, arms.Count).Where(i => takesPart(arms[i])).ToList();
        var best = metric.Kind == MetricKind.Conversion ? OfRates(arms, members, metric.Goal) : OfTotals(arms, members, metric.Goal);
        var result = new double?[arms.Count];
        for (var i = 0; i < members.Count && best is not null; i++)
        {
            result[members[i]] = best[i];
        }

        return result;
    }

    private static IReadOnlyList<double>? OfRates(IReadOnlyList<ArmData> arms, List<int> members, MetricGoal goal)
    {
        if (members.Count == 0)
        {
            return null;
        }

        var posteriors = members.Select(i => BetaPosterior.Of(arms[i].Participants, arms[i].Converted))
            .Select(p => goal == MetricGoal.Decrease ? p.Mirrored : p);
        return BayesianComparison.Of([.. posteriors]).ProbabilityBest;
    }

    private static IReadOnlyList<double>? OfTotals(IReadOnlyList<ArmData> arms, List<int> members, MetricGoal goal)
    {
        members.RemoveAll(i => arms[i].Participants < 2);
        var freedom = members.Sum(i => arms[i].Totals.Count - 1.0);
        var pooled = members.Sum(i => arms[i].Totals.M2) / freedom;
        if (members.Count == 0 || !(pooled > 0) || freedom <= 1)
        {
            return null;
        }

        var posteriors = members.Select(i => StudentPosterior.Of(arms[i].Totals)
            ?? new StudentPosterior(arms[i].Totals.Mean, Math.Sqrt(pooled / arms[i].Totals.Count), freedom));
        return BayesianComparison.Of([.. posteriors.Select(p => goal == MetricGoal.Decrease ? p.Mirrored : p)]).ProbabilityBest;
    }
}
