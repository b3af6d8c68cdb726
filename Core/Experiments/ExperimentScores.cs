using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Experiments;

/// <summary>From a caller's question to a score of an experiment's merged statistics. Pure and thread-safe.</summary>
public static class ExperimentScores
{
    /// <summary>Reads a question, or says what is wrong with it.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="query">The question.</param>
    /// <param name="asOf">The time of the data.</param>
    public static Answer<ScoreRequest> Request(Experiment experiment, ScoreQuery query, DateTimeOffset asOf)
    {
        var definition = experiment.Definition;
        var named = query.Method ?? definition.Scoring.Method;
        var method = ScoreMethod.Sequential;
        if (named is not null && !ScoreMethods.TryParse(named, out method))
        {
            return new Refusal(RefusalKind.Invalid, "unknown-method", $"\"{TextRules.Shorten(named)}\" is no method. Use classic, bayes, fixed or sequential.");
        }

        if (query.Probability is { } probability && !(probability is > 0 and < 100))
        {
            return new Refusal(RefusalKind.Invalid, "invalid-probability", "\"probability\" is in percent: over 0 and under 100, such as 95.");
        }

        var metric = query.Metric is null ? definition.Primary : definition.Metrics.FirstOrDefault(m => m.Id == query.Metric);
        if (metric is null)
        {
            return new Refusal(RefusalKind.NotFound, "metric-not-found", $"The experiment has no metric \"{TextRules.Shorten(query.Metric!)}\". It has: {string.Join(", ", definition.Metrics.Take(20).Select(m => m.Id))}.");
        }

        return new ScoreRequest
        {
            Method = method,
            Metric = metric.Id,
            Segment = query.Segment,
            Kind = metric.Kind,
            Covariate = metric.Rule?.Covariate,
            Sign = ScoreRequest.SignOf(metric.Goal),
            Confidence = definition.Scoring.Confidence,
            Probability = query.Probability,
            Prior = definition.Scoring.PriorOf(metric.Id),
            Epoch = experiment.Epoch.Number,
            AsOf = asOf,
            Control = definition.Control,
            Default = definition.Default,
            Outcome = experiment.Outcome is { } slot ? experiment.Alternatives[slot].Key : null,
            IsAdaptive = definition.Allocation is not FixedAllocation,
            Epochs = query.Epochs,
        };
    }

    /// <summary>The score. Discoveries allow for every metric of the experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <param name="request">A question of <see cref="Request"/>.</param>
    public static ScoreReport Score(Experiment experiment, ExperimentStatistics statistics, ScoreRequest request)
    {
        var others = request.Method == ScoreMethod.Sequential ? OtherQuestions(experiment, statistics, request) : null;
        request = request with { PerDay = RecentTraffic.PerDay(experiment, statistics, request.AsOf) };
        return Scorer.Score(ExperimentArms.Of(experiment, statistics, request.Metric), request, others) with
        {
            Guardrails = request.Segment is null ? ExperimentGuards.Read(experiment, statistics) : [],
        };
    }

    /// <summary>The e-values of all metrics but the one asked about and the guardrails, which have a watch of their own.</summary>
    private static double[] OtherQuestions(Experiment experiment, ExperimentStatistics statistics, ScoreRequest request) =>
    [
        .. experiment.Definition.Metrics.Where(m => m.Id != request.Metric && m.Guardrail is null).SelectMany(m => Scorer.EValues(
            ExperimentArms.Of(experiment, statistics, m.Id),
            request with { Metric = m.Id, Kind = m.Kind, Sign = ScoreRequest.SignOf(m.Goal) })),
    ];
}
