using Bandstand.Experiments;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Planning;

/// <summary>A question about sample size, as it was asked: null is what was not said. Read by <see cref="PowerQueryReader"/>. Immutable.</summary>
public sealed record PowerQuery
{
    /// <summary>The experiment whose figures fill in what is not said.</summary>
    public string? Experiment { get; init; }

    /// <summary>The experiment's metric; its primary one when not said.</summary>
    public string? Metric { get; init; }

    /// <summary>What kind of metric it is.</summary>
    public MetricKind? Kind { get; init; }

    /// <summary>Which direction is better: only a detectable effect depends on it.</summary>
    public MetricGoal? Goal { get; init; }

    /// <summary>Whether looks are taken once or always.</summary>
    public ScoreMethod? Method { get; init; }

    /// <summary>The control's rate or mean.</summary>
    public double? Baseline { get; init; }

    /// <summary>The standard deviation of participants' totals.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>The share of participants who have an event at all.</summary>
    public double? EventShare { get; init; }

    /// <summary>The effect, relative to the baseline: 0.1 is 10 % more.</summary>
    public double? Lift { get; init; }

    /// <summary>The effect in units of the baseline.</summary>
    public double? Difference { get; init; }

    /// <summary>The error probability.</summary>
    public double? Alpha { get; init; }

    /// <summary>The probability of finding the effect.</summary>
    public double? Power { get; init; }

    /// <summary>Participants in all.</summary>
    public double? Participants { get; init; }

    /// <summary>Days, instead of participants.</summary>
    public double? Days { get; init; }

    /// <summary>New participants a day.</summary>
    public double? PerDay { get; init; }

    /// <summary>How many alternatives, the control included.</summary>
    public int? Alternatives { get; init; }

    /// <summary>Their weights, the control's first.</summary>
    public IReadOnlyList<double>? Weights { get; init; }
}
