using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Statistics.Scoring;

/// <summary>What a score says of a whole experiment and one metric. Immutable; a pure function of the data.</summary>
public sealed record ScoreReport
{
    /// <summary>How alternatives were judged.</summary>
    public required ScoreMethod Method { get; init; }

    /// <summary>The metric's id.</summary>
    public required string Metric { get; init; }

    /// <summary>What kind of totals the metric makes.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>Which direction is better.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>The confidence of intervals and, under <c>fixed</c> and <c>sequential</c>, of what is called significant.</summary>
    public required double Confidence { get; init; }

    /// <summary>The segment that is scored, as <c>attribute:value</c>; null: everybody.</summary>
    public string? Segment { get; init; }

    /// <summary>Participants of all alternatives.</summary>
    public required long Participants { get; init; }

    /// <summary>The present epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>The time of the data.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Key of the alternative that the others are compared with.</summary>
    public required string Control { get; init; }

    /// <summary>One row per alternative, in definition order.</summary>
    public required IReadOnlyList<ScoreRow> Alternatives { get; init; }

    /// <summary>Key of the second best, which classic z-scores compare with; null when there is none.</summary>
    public string? Base { get; init; }

    /// <summary>Key of the best; null while nothing was converted or measured.</summary>
    public string? Best { get; init; }

    /// <summary>Key of the worst whose rate or mean is not 0, which <see cref="ScoreRow.Difference"/> compares with; null when there is none.</summary>
    public string? Least { get; init; }

    /// <summary>
    /// Key of the outcome, else of the best when the method is as sure of it as <see cref="ScoreRequest.Probability"/> asks;
    /// null otherwise. This is what completion by probability waits for.
    /// </summary>
    public string? Choice { get; init; }

    /// <summary>
    /// Under <c>fixed</c> and <c>sequential</c>: the largest Holm-corrected p-value of the best against every other open
    /// alternative, 0 to 1; null when it cannot be computed.
    /// </summary>
    public double? BestPValue { get; init; }

    /// <summary>How many questions <see cref="ScoreRow.EBH"/> allows for: alternatives but the control, times metrics.</summary>
    public required int Questions { get; init; }

    /// <summary>Under <c>fixed</c> and <c>sequential</c>, of a metric with a covariate: how totals were adjusted by it, or why not. Else null.</summary>
    public Adjustment? Adjustment { get; init; }

    /// <summary>Whether participants are spread as the weights made likely.</summary>
    public required SampleRatio SampleRatio { get; init; }

    /// <summary>What every guardrail of the experiment says of every alternative but the control, whatever metric was asked for.</summary>
    public IReadOnlyList<GuardReading> Guardrails { get; init; } = [];

    /// <summary>What was seen under each set of weights, in order; null where it was not asked for.</summary>
    public IReadOnlyList<ScoreEpoch>? Epochs { get; init; }

    /// <summary>Under <c>bayes</c>: what going on may still gain.</summary>
    public required ValueRemainingFigure ValueRemaining { get; init; }

    /// <summary>What a verdict still lacks: never empty while there is none; beside one it may name what weakens it, such as an empty alternative.</summary>
    public required IReadOnlyList<MissingReason> Missing { get; init; }

    /// <summary>What keeps the figures from meaning what they seem to mean.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];
}

/// <summary>Whether participants are spread over the alternatives as the weights made likely.</summary>
/// <param name="PValue">The probability of a spread at least this uneven by chance, 0 to 1; null when it cannot be computed.</param>
/// <param name="Mismatch">True when <paramref name="PValue"/> is under 0.001: do not trust the experiment before the cause is found.</param>
/// <param name="Unavailable">Why the p-value is null, else null.</param>
public sealed record SampleRatio(double? PValue, bool Mismatch, MissingReason? Unavailable = null);

/// <summary>What going on may still gain, relative to what is probably the best.</summary>
/// <param name="Value">With a posterior probability of 95 % no alternative is better than the best by more than this; 0.01 is 1 %. Null when it cannot be computed.</param>
/// <param name="Unavailable">Why it is null, else null.</param>
public sealed record ValueRemainingFigure(double? Value, MissingReason? Unavailable = null)
{
    internal static ValueRemainingFigure Of(Estimate<double> figure)
        => figure.TryGet(out var value, out var reason) ? new(value) : new(null, Reasons.Tell(reason));
}

/// <summary>A figure or verdict that is not there, and what it needs.</summary>
/// <param name="Code">A stable kebab-case code of <see cref="ScoreCodes"/>.</param>
/// <param name="Detail">What is missing, with the figure, for a person.</param>
public sealed record MissingReason(string Code, string Detail)
{
    /// <summary>How many further participants it takes, in all and to two digits, if everything stays as it is; null where that cannot be told.</summary>
    public long? Participants { get; init; }

    /// <summary>How many days those take at the present traffic; null where that is not known.</summary>
    public double? Days { get; init; }
}
