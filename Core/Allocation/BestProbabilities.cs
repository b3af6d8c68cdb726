using Bandstand.Experiments;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>
/// Who can be judged by the figures as they stand, and what these say, by the posteriors that scores report from. Nothing is computed before it is
/// asked for. Thread-safe.
/// </summary>
internal sealed class BestProbabilities
{
    private readonly Posteriors posteriors;

    /// <summary>Prepares the posteriors.</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="takesPart">By index: whether it takes part.</param>
    /// <param name="metric">The metric they are judged by.</param>
    /// <param name="prior">What was known of it before, or null.</param>
    public BestProbabilities(IReadOnlyList<ArmData> arms, Func<int, bool> takesPart, MetricDefinition metric, MetricPrior? prior = null)
    {
        posteriors = new Posteriors(arms, metric.Kind, ScoreRequest.SignOf(metric.Goal), prior);
        Members = [.. Enumerable.Range(0, arms.Count).Where(i => takesPart(i) && posteriors.Missing(i) is null)];
    }

    /// <summary>The indexes of those that take part and have a posterior.</summary>
    public List<int> Members { get; }

    /// <summary>By member: the posterior probability of being the best of them, 0 to 1, summing to 1. There must be one.</summary>
    public IReadOnlyList<double> Best() => posteriors.Compare(Members).ProbabilityBest;

    /// <summary>By member: the share of top-two sampling, 0 to 1, summing to 1. There must be one.</summary>
    public IReadOnlyList<double> TopTwo() => posteriors.TopTwo(Members);
}
