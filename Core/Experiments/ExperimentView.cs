using System.Text.Json.Serialization;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>Where an experiment is in its life.</summary>
public enum ExperimentStatus
{
    /// <summary>Defined, never started: everybody gets the default.</summary>
    Draft,

    /// <summary>Assigning and counting.</summary>
    Running,

    /// <summary>Paused: everybody gets the default, nothing is counted.</summary>
    Disabled,

    /// <summary>Over: everybody gets the outcome.</summary>
    Completed,
}

/// <summary>What callers see of an experiment. Immutable.</summary>
public sealed record ExperimentView
{
    /// <summary>The definition with defaults filled in.</summary>
    public required ExperimentDefinition Definition { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ExperimentStatus Status { get; init; }

    /// <summary>Present weights by alternative's key: whole numbers that sum to 10 000, in definition order.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Weights { get; init; }

    /// <summary>The number of the present epoch, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Counts resets and re-creations, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary>When this generation was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was first started, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was completed, or null.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Key of what everybody gets once completed, or null.</summary>
    public string? Outcome { get; init; }

    /// <summary>What was assumed because the definition did not say it.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>A strong ETag (without quotes) of definition and status.</summary>
    public required string ETag { get; init; }
}

/// <summary>A change of weights, winner or status, with its reasons; never edited.</summary>
public sealed record Decision
{
    /// <summary>Its number within the generation, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What changed: <c>created</c>, <c>started</c>, <c>enabled</c>, <c>disabled</c>, <c>defined</c>, <c>rebalanced</c>,
    /// <c>weights-set</c>, <c>timestep-closed</c>, <c>guardrail</c>, <c>completed</c>, <c>reset</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Why, for a person; names the figures it was decided on.</summary>
    public required string Reason { get; init; }

    /// <summary>The epoch in force after it.</summary>
    public required int Epoch { get; init; }

    /// <summary>Weights after it, by key, when it changed them.</summary>
    public IReadOnlyList<KeyValuePair<string, int>>? Weights { get; init; }

    /// <summary>Weights before it, by key, of a rebalance: an alternative in its burn-in keeps what it had.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<KeyValuePair<string, int>>? Before { get; init; }

    /// <summary>What the policy was told, of a rebalance.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RebalanceSettings? Settings { get; init; }

    /// <summary>The winner or outcome after it, when it named one.</summary>
    public string? Winner { get; init; }

    /// <summary>The figures per alternative it was decided on, when there are any.</summary>
    public IReadOnlyList<DecisionFigure>? Figures { get; init; }

    /// <summary>The same for those who got weights of their own, when anybody did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SegmentDecision>? Segments { get; init; }

    /// <summary>The guardrail that was crossed, when one was.</summary>
    public GuardTrip? Guardrail { get; init; }
}

/// <summary>A guardrail that was crossed, as it was at that moment. Immutable.</summary>
/// <param name="Metric">The guarded metric.</param>
/// <param name="Alternative">The key of the alternative that was worse than the control.</param>
/// <param name="Action">What followed: <c>drop</c>, <c>disable</c> or <c>default</c>.</param>
/// <param name="Margin">By how much it was allowed to be worse.</param>
/// <param name="Alpha">The chance of a false alarm that the guardrail was defined with.</param>
/// <param name="Harm">By how much it was worse than the control, per participant, in the metric's unit (for conversions a difference of rates).</param>
/// <param name="EValue">The evidence that this is more than the margin.</param>
/// <param name="Needed">The evidence that was needed.</param>
public sealed record GuardTrip(string Metric, string Alternative, string Action, double Margin, double Alpha, double Harm, double EValue, double Needed);

/// <summary>What was known of one alternative when a decision was made.</summary>
/// <param name="Alternative">Its key.</param>
/// <param name="Participants">Participants.</param>
/// <param name="Converted">Participants with at least one conversion of the primary metric.</param>
/// <param name="Mean">Mean total per participant of the primary metric.</param>
/// <param name="ProbabilityBest">Probability that it is best, 0 to 1, or null when not computed.</param>
public sealed record DecisionFigure(string Alternative, long Participants, long Converted, double? Mean, double? ProbabilityBest)
{
    /// <summary>The standard deviation of totals per participant, of metrics that are no conversions; null for fewer than two.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StdDev { get; init; }

    /// <summary>What the probability was computed from where that was not the figures themselves: epochs compared apart, a discount, a bandit by segment.</summary>
    public BelievedFigure? Believed { get; init; }
}

/// <summary>What a bandit believed of one alternative: as if so many participants with this mean had been seen in one epoch.</summary>
/// <param name="Participants">How many participants it was worth, 0 or more; not a whole number.</param>
/// <param name="Mean">Their mean by the primary metric; the rate of a conversion.</param>
public sealed record BelievedFigure(double Participants, double Mean)
{
    /// <summary>The standard deviation of totals, of metrics that are no conversions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StdDev { get; init; }

    /// <summary>How many degrees of freedom that has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DegreesOfFreedom { get; init; }
}

/// <summary>A period of constant weights.</summary>
/// <param name="Number">From 0.</param>
/// <param name="From">When it began.</param>
/// <param name="Weights">Weights by key in definition order, summing to 10 000.</param>
/// <param name="Reason">Why it began.</param>
/// <param name="Decision">The number of the decision that began it.</param>
/// <param name="Segment">Whom it is for, as <c>attribute:value</c>; null: everybody who has no epoch of their own.</param>
public sealed record Epoch(int Number, DateTimeOffset From, IReadOnlyList<KeyValuePair<string, int>> Weights, string Reason, long Decision, string? Segment = null);

/// <summary>What a decision gave to those who have one value of an attribute.</summary>
/// <param name="Segment">Who, as <c>attribute:value</c>.</param>
/// <param name="Weights">Weights by key in definition order, summing to 10 000.</param>
/// <param name="Figures">What it was decided on.</param>
public sealed record SegmentDecision(string Segment, IReadOnlyList<KeyValuePair<string, int>> Weights, IReadOnlyList<DecisionFigure> Figures);
