using System.Text.Json.Serialization;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Bayes;
using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>
/// What an experiment's owner wrote, validated and with every default filled in. Immutable; two definitions are compared by
/// their canonical JSON text. Make one with <c>ExperimentDefinitionJson.Parse</c>.
/// </summary>
public sealed record ExperimentDefinition
{
    /// <summary>The id, <c>^[a-z0-9][a-z0-9_-]{0,62}$</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The display name; the id when none is given. Vanity's hash uses it.</summary>
    public required string Name { get; init; }

    /// <summary>Free text, or null.</summary>
    public string? Description { get; init; }

    /// <summary>False: a PUT that creates leaves the experiment a draft.</summary>
    public bool Start { get; init; } = true;

    /// <summary>How many shards hold the participants, 1 to 1 024. Fixed once started.</summary>
    public int Shards { get; init; } = 16;

    /// <summary>2 to 256 alternatives with unique keys, in definition order.</summary>
    public required IReadOnlyList<AlternativeDefinition> Alternatives { get; init; }

    /// <summary>Key of what everybody gets who is not in the experiment.</summary>
    public required string Default { get; init; }

    /// <summary>Key of the alternative that others are compared with.</summary>
    public required string Control { get; init; }

    /// <summary>At least one metric, ids unique.</summary>
    public required IReadOnlyList<MetricDefinition> Metrics { get; init; }

    /// <summary>How weights change.</summary>
    public AllocationDefinition Allocation { get; init; } = new FixedAllocation();

    /// <summary>How identities are hashed to alternatives.</summary>
    public required AssignmentDefinition Assignment { get; init; }

    /// <summary>The layer that excludes experiments from each other, or null.</summary>
    public LayerDefinition? Layer { get; init; }

    /// <summary>Names of attributes whose value at the assignment is kept, so that results can be split by it.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>How scores are computed when a question does not say.</summary>
    public ScoringDefinition Scoring { get; init; } = new();

    /// <summary>When the experiment ends by itself, or null: never.</summary>
    public CompletionDefinition? CompleteWhen { get; init; }

    /// <summary>Who wins at completion.</summary>
    public OutcomeDefinition Outcome { get; init; } = new();

    /// <summary>What was assumed because it was not said.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>The metric that allocation, completion and outcome use: the one marked, which the reader makes the first that is no guardrail.</summary>
    [JsonIgnore]
    public MetricDefinition Primary => Metrics.FirstOrDefault(m => m.Primary) ?? Metrics[0];
}

/// <summary>One alternative.</summary>
/// <param name="Key">Unique within the experiment for ever, 1 to 64 characters.</param>
/// <param name="Value">What callers get: any JSON, as minimal JSON text. The key as a JSON string when none is given.</param>
/// <param name="Weight">The starting weight, relative to the others; over 0 and finite.</param>
public sealed record AlternativeDefinition(string Key, string Value, double Weight = 1);

/// <summary>How a metric's events become a participant's total.</summary>
public enum MetricKind
{
    /// <summary>Once per participant (0 or 1); repeats are counted too.</summary>
    Conversion,

    /// <summary>The sum of whole numbers per participant.</summary>
    Count,

    /// <summary>The sum of any numbers per participant.</summary>
    Value,

    /// <summary>Values of one event over values of another, each summed over all participants.</summary>
    Ratio,

    /// <summary>Of the participants with one event, the share that had another afterwards.</summary>
    Retention,

    /// <summary>No metric that anybody defined: an event that others are made of.</summary>
    Event,
}

/// <summary>Which direction is better.</summary>
public enum MetricGoal
{
    /// <summary>More is better.</summary>
    Increase,

    /// <summary>Less is better.</summary>
    Decrease,
}

/// <summary>One metric of an experiment.</summary>
/// <param name="Id">The metric's id, shared by all experiments that use it.</param>
/// <param name="Kind">How events become totals. Fixed once started.</param>
/// <param name="Goal">Which direction is better.</param>
/// <param name="Primary">True on the one that decides.</param>
/// <param name="Guardrail">How it is watched for harm, or null: it is not. Never on the primary metric.</param>
public sealed record MetricDefinition(string Id, MetricKind Kind, MetricGoal Goal = MetricGoal.Increase, bool Primary = false, GuardrailDefinition? Guardrail = null)
{
    /// <summary>Cap, window, covariate, numerator and denominator; null: none. Fixed once started.</summary>
    public MetricRule? Rule { get; init; }
}

/// <summary>How a metric is watched for harm: each alternative against the control, at every event.</summary>
/// <param name="Margin">By how much an alternative may be worse than the control, in the metric's own unit per participant (a difference of rates for conversions); 0 or more.</param>
/// <param name="Alpha">The chance of a false alarm, over 0 and under 0.5, shared evenly by the alternatives.</param>
/// <param name="Action">What a crossing does: <see cref="Drop"/>, <see cref="Disable"/> or <see cref="MoveToDefault"/>.</param>
public sealed record GuardrailDefinition(double Margin = 0, double Alpha = GuardrailDefinition.UsualAlpha, string Action = GuardrailDefinition.Drop)
{
    /// <summary>The alpha when none is given.</summary>
    public const double UsualAlpha = 0.01;

    /// <summary>The harmful alternative gets the weight 0 and its participants see the default.</summary>
    public const string Drop = "drop";

    /// <summary>The experiment is disabled.</summary>
    public const string Disable = "disable";

    /// <summary>The experiment is completed with the default as its outcome: everybody gets it.</summary>
    public const string MoveToDefault = "default";
}

/// <summary>How weights change: a closed family.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "policy")]
[JsonDerivedType(typeof(FixedAllocation), "fixed")]
[JsonDerivedType(typeof(BanditAllocation), "bandit")]
[JsonDerivedType(typeof(TimestepAllocation), "timestep")]
public abstract record AllocationDefinition
{
    private protected AllocationDefinition()
    {
    }
}

/// <summary>Weights stay as they are until changed by hand.</summary>
public sealed record FixedAllocation : AllocationDefinition;

/// <summary>Weights follow the probability of being best.</summary>
/// <param name="Algorithm"><c>thompson</c> or <c>top-two</c>.</param>
/// <param name="EveryAssignments">Rebalance after this many new assignments, or null.</param>
/// <param name="EveryPeriod">Rebalance after this time, or null.</param>
/// <param name="Floor">The least probability of an open alternative, 0 to 1 / alternatives.</param>
/// <param name="BurnIn">Participants an alternative needs before its figures steer; until then weights stay even for it.</param>
/// <param name="Discount">How much figures count after each rebalance interval, 0.1 to 1; 1: for ever.</param>
/// <param name="By">The attribute of the experiment's segments whose values have weights of their own, or null: all have the same.</param>
public sealed record BanditAllocation(
    string Algorithm,
    long? EveryAssignments,
    TimeSpan? EveryPeriod,
    double Floor,
    long BurnIn,
    double Discount = 1,
    string? By = null) : AllocationDefinition
{
    /// <summary>Weights are the probabilities of being best.</summary>
    public const string Thompson = "thompson";

    /// <summary>Half of the weights go to whoever would be the best without the best.</summary>
    public const string TopTwo = "top-two";
}

/// <summary>A winner per timestep steers the next one.</summary>
/// <param name="Period">Timesteps close by themselves after this time; null: the caller closes them by number.</param>
/// <param name="WinnerShare">The winner's share of the next timestep, over 0 and at most 1.</param>
/// <param name="Decide"><c>classic</c>: each timestep by its own test; <c>adaptive</c>: by what all timesteps taught.</param>
/// <param name="Alpha">The significance level of the test, over 0 and under 1.</param>
/// <param name="Test"><c>student</c> or <c>welch</c>.</param>
/// <param name="CountMultiplier">Counts are multiplied by it before the test, over 0.</param>
/// <param name="Certainty">Adaptive: how probable it must be that a challenger is better, over 0 and under 1.</param>
/// <param name="Spell">Adaptive: how many timesteps a difference lasts on average, 1 or more.</param>
public sealed record TimestepAllocation(
    TimeSpan? Period,
    double WinnerShare,
    string Decide,
    double Alpha,
    string Test,
    double CountMultiplier,
    double Certainty = AdaptiveTimestepPolicy.DefaultCertainty,
    double Spell = AdaptiveTimestepPolicy.DefaultSpell) : AllocationDefinition
{
    /// <summary>Each timestep is decided by its own test.</summary>
    public const string Classic = "classic";

    /// <summary>Each timestep is decided by what all timesteps taught.</summary>
    public const string Adaptive = "adaptive";
}

/// <summary>How identities are hashed to alternatives.</summary>
/// <param name="Hash"><c>growthbook-v2</c> or <c>vanity-md5</c>. Fixed once started.</param>
/// <param name="Seed">The seed of the hash; the id when none is given. Fixed once started.</param>
/// <param name="HashAttribute">The name under which SDKs hold the identity.</param>
/// <param name="Traffic">The fraction of identities that take part, 0 to 1.</param>
public sealed record AssignmentDefinition(string Hash, string Seed, string HashAttribute = "id", double Traffic = 1)
{
    /// <summary>GrowthBook's hash, version 2.</summary>
    public const string GrowthBookV2 = "growthbook-v2";

    /// <summary>Vanity's MD5 of name/identity, unweighted.</summary>
    public const string VanityMd5 = "vanity-md5";
}

/// <summary>A slice of a layer: experiments with disjoint slices never share an identity.</summary>
/// <param name="Name">The layer.</param>
/// <param name="From">The slice's start, 0 to 1.</param>
/// <param name="To">The slice's end (not included), over <paramref name="From"/> and at most 1.</param>
public sealed record LayerDefinition(string Name, double From, double To);

/// <summary>How scores are computed when a question does not say.</summary>
/// <param name="Method">Null (the product's default) or <c>classic</c>, <c>bayes</c>, <c>fixed</c>, <c>sequential</c>.</param>
/// <param name="Confidence">The confidence of intervals, over 0.5 and under 1.</param>
/// <param name="Prior">By metric's id: what was known before the experiment; null: nothing of any.</param>
public sealed record ScoringDefinition(string? Method = null, double Confidence = 0.95, IReadOnlyDictionary<string, MetricPrior>? Prior = null)
{
    /// <summary>What was known of a metric, or null: nothing.</summary>
    /// <param name="metric">Its id.</param>
    public MetricPrior? PriorOf(string metric) => Prior?.GetValueOrDefault(metric);
}

/// <summary>When the experiment ends by itself. All that are given must hold; the deadline ends it regardless.</summary>
/// <param name="Probability">The probability that the best is best, over 0.5 and under 1.</param>
/// <param name="Participants">Participants in all.</param>
/// <param name="PerAlternative">Participants in every open alternative.</param>
/// <param name="Deadline">Time since the start.</param>
/// <param name="ValueRemaining">The most that going on may still gain, as a share of the best's rate or mean; over 0 and under 1.</param>
public sealed record CompletionDefinition(double? Probability, long? Participants, long? PerAlternative, TimeSpan? Deadline, double? ValueRemaining = null);

/// <summary>Who wins at completion.</summary>
/// <param name="Rule"><c>best</c>, <c>least</c> or <c>significant-else-default</c>.</param>
/// <param name="Handicap">By key: a rate is divided by it before the best is chosen (multiplied for a metric to decrease). Over 0.</param>
public sealed record OutcomeDefinition(string Rule = "best", IReadOnlyDictionary<string, double>? Handicap = null);
