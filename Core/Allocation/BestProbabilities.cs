using Bandstand.Experiments;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>The posterior probability of being the best, by the posteriors that scores report from. Thread-safe.</summary>
internal static class BestProbabilities
{
    /// <summary>By arm: the probability, 0 to 1, summing to 1 over those that take part and can be judged; null for the others.</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="takesPart">Which of them take part.</param>
    /// <param name="metric">The metric they are judged by.</param>
    /// <param name="prior">What was known of it before, or null.</param>
    public static double?[] Of(IReadOnlyList<ArmData> arms, Func<ArmData, bool> takesPart, MetricDefinition metric, MetricPrior? prior = null)
    {
        var posteriors = new Posteriors(arms, metric.Kind, ScoreRequest.SignOf(metric.Goal), prior);
        var members = Enumerable.Range(0, arms.Count).Where(i => takesPart(arms[i]) && posteriors.Missing(i) is null).ToList();
        var result = new double?[arms.Count];
        if (members.Count > 0)
        {
            var best = posteriors.Compare(members).ProbabilityBest;
            for (var k = 0; k < members.Count; k++)
            {
                result[members[k]] = best[k];
            }
        }

        return result;
    }

    /// <summary>By arm: the share of top-two sampling, 0 to 1, summing to 1 over the named arms; 0 for the others.</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="members">Those that have a probability.</param>
    /// <param name="metric">The metric they are judged by.</param>
    /// <param name="prior">What was known of it before, or null.</param>
    public static double[] TopTwo(IReadOnlyList<ArmData> arms, IReadOnlyList<int> members, MetricDefinition metric, MetricPrior? prior = null)
    {
        var result = new double[arms.Count];
        if (members.Count > 0)
        {
            var shares = new Posteriors(arms, metric.Kind, ScoreRequest.SignOf(metric.Goal), prior).TopTwo(members);
            for (var k = 0; k < members.Count; k++)
            {
                result[members[k]] = shares[k];
            }
        }

        return result;
    }
}
