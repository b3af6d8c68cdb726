using Bandstand.Experiments;
using Bandstand.Statistics.Bayes;

namespace Bandstand.Statistics.Scoring;

/// <summary>One question to the statistics. Immutable.</summary>
public sealed record ScoreRequest
{
    /// <summary>The level in percent that Vanity asks of a choice when nobody says: what conclusions are drawn with.</summary>
    public const double DefaultProbability = 90;

    /// <summary>How alternatives are judged.</summary>
    public required ScoreMethod Method { get; init; }

    /// <summary>The metric's id, carried through to the report.</summary>
    public required string Metric { get; init; }

    /// <summary>What kind of totals the metric makes.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>The metric's covariate, by which <c>fixed</c> and <c>sequential</c> adjust; null: none.</summary>
    public string? Covariate { get; init; }

    /// <summary>+1 when more is better, −1 when less is better.</summary>
    public int Sign { get; init; } = 1;

    /// <summary>The confidence of intervals, over 0.5 and under 1.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// How sure <see cref="ScoreReport.Choice"/> must be, in percent, over 0 and under 100; null asks for no choice.
    /// </summary>
    public double? Probability { get; init; }

    /// <summary>What was known of the metric before; null: nothing.</summary>
    public MetricPrior? Prior { get; init; }

    /// <summary>New participants a day, to say how long what is missing takes; null: not known.</summary>
    public double? PerDay { get; init; }

    /// <summary>The present epoch, carried through to the report.</summary>
    public required int Epoch { get; init; }

    /// <summary>The time of the data, carried through to the report.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Key of the alternative that the others are compared with.</summary>
    public required string Control { get; init; }

    /// <summary>Key of what everybody gets who is not in the experiment.</summary>
    public required string Default { get; init; }

    /// <summary>Key of the outcome of a completed experiment: it is the choice. Null while running.</summary>
    public string? Outcome { get; init; }

    /// <summary>The segment that is scored, as <c>attribute:value</c>; null: everybody. Carried through to the report.</summary>
    public string? Segment { get; init; }

    /// <summary>The sample ratio as it was found already, with the correction for other segments; null: it is computed.</summary>
    public SampleRatio? SampleRatio { get; init; }

    /// <summary>True when the report names the figures of each set of weights apart.</summary>
    public bool Epochs { get; init; }

    /// <summary>True when weights follow the data, so that fixed-horizon figures do not hold.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>
    /// The request that a conclusion is drawn from: it asks for a choice at <see cref="DefaultProbability"/> under
    /// <c>classic</c> and <c>bayes</c>, and at <see cref="Confidence"/> otherwise, unless a probability is given already.
    /// </summary>
    public ScoreRequest ForConclusion() => this with
    {
        Probability = Probability ?? (Method is ScoreMethod.Classic or ScoreMethod.Bayes ? DefaultProbability : 100 * Confidence),
    };

    /// <summary>The request's sign for a goal: +1 or −1.</summary>
    /// <param name="goal">Which direction is better.</param>
    public static int SignOf(MetricGoal goal) => goal == MetricGoal.Decrease ? -1 : 1;
}
