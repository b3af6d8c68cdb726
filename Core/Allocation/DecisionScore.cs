using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>The verdict that decisions rest on: completion by probability and <c>significant-else-default</c>. Thread-safe.</summary>
internal static class DecisionScore
{
    /// <summary>The definition's method; one that says nothing is decided sequentially, so that looking at every event errs no more often.</summary>
    public static ScoreMethod Method(ExperimentDefinition definition)
        => ScoreMethods.TryParse(definition.Scoring.Method, out var method) ? method : ScoreMethod.Sequential;

    /// <summary>Who is the best by the primary metric, handicaps applied, or null while that is not sure.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="arms">Its alternatives by the primary metric.</param>
    /// <param name="probability">How sure a choice must be, over 0 and under 1.</param>
    public static string? Choice(Experiment experiment, IReadOnlyList<ArmData> arms, double probability)
    {
        var definition = experiment.LastPut;
        var handicap = definition.Outcome.Handicap is not null;
        return Scorer.Choice(
            handicap ? [.. arms.Select(a => OutcomeRule.Handicapped(definition, a))] : arms,
            new ScoreRequest
            {
                Method = Method(definition),
                Metric = definition.Primary.Id,
                Kind = handicap ? MetricKind.Value : definition.Primary.Kind, // Scaled conversions are no longer zeros and ones.
                Covariate = handicap ? null : definition.Primary.Rule?.Covariate, // Nor can scaled totals be adjusted by it.
                Sign = ScoreRequest.SignOf(definition.Primary.Goal),
                Confidence = definition.Scoring.Confidence,
                Probability = 100 * probability,
                Prior = handicap ? null : definition.Scoring.PriorOf(definition.Primary.Id), // It is of what was counted, not of what was scaled.
                Epoch = experiment.Epoch.Number,
                AsOf = experiment.CreatedAt,
                Control = definition.Control,
                Default = definition.Default,
                IsAdaptive = definition.Allocation is not FixedAllocation,
            });
    }

    /// <summary>What going on may still gain by the primary metric, handicaps applied.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="arms">Its alternatives by the primary metric.</param>
    public static Estimate<double> Remaining(Experiment experiment, IReadOnlyList<ArmData> arms)
    {
        var definition = experiment.LastPut;
        var handicap = definition.Outcome.Handicap is not null;
        var posteriors = new Posteriors(
            handicap ? [.. arms.Select(a => OutcomeRule.Handicapped(definition, a))] : arms,
            handicap ? MetricKind.Value : definition.Primary.Kind,
            ScoreRequest.SignOf(definition.Primary.Goal),
            handicap ? null : definition.Scoring.PriorOf(definition.Primary.Id));
        var open = Enumerable.Range(0, arms.Count).Where(i => arms[i].IsOpen).ToList();
        return open.Select(posteriors.Missing).FirstOrDefault(r => r is not null) is { } reason
            ? reason
            : posteriors.Remaining(open, posteriors.Compare(open).ProbabilityBest);
    }
}
