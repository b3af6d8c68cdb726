using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Bandstand.Participants;
using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>
/// What happened to an experiment: a closed family of immutable facts. They hold what was decided (weights as whole numbers, the
/// outcome), never what it was computed by, so that reading a journal gives the same state in every version.
/// </summary>
/// <param name="At">When.</param>
/// <param name="Reason">Why, for a person; it becomes the decision's reason.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Created), "created")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Enabled), "enabled")]
[JsonDerivedType(typeof(Disabled), "disabled")]
[JsonDerivedType(typeof(Redefined), "defined")]
[JsonDerivedType(typeof(WeightsSet), "weights-set")]
[JsonDerivedType(typeof(Rebalanced), "rebalanced")]
[JsonDerivedType(typeof(Reviewed), "reviewed")]
[JsonDerivedType(typeof(TimestepClosed), "timestep-closed")]
[JsonDerivedType(typeof(GuardTripped), "guardrail")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Reset), "reset")]
[JsonDerivedType(typeof(Deleted), "deleted")]
public abstract record ExperimentEvent(DateTimeOffset At, string Reason)
{
    /// <summary>It was defined for the first time, or anew after it was deleted. It is a draft.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Definition">The definition.</param>
    /// <param name="Key">The secret of the new generation.</param>
    /// <param name="Weights">The starting weights by slot.</param>
    public sealed record Created(DateTimeOffset At, string Reason, ExperimentDefinition Definition, SipKey Key, ImmutableArray<int> Weights) : ExperimentEvent(At, Reason);

    /// <summary>A draft began to assign.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Started(DateTimeOffset At, string Reason) : ExperimentEvent(At, Reason);

    /// <summary>It runs again.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Enabled(DateTimeOffset At, string Reason) : ExperimentEvent(At, Reason);

    /// <summary>It paused.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Disabled(DateTimeOffset At, string Reason) : ExperimentEvent(At, Reason);

    /// <summary>Its definition changed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">What changed.</param>
    /// <param name="Definition">The definition after it.</param>
    /// <param name="Weights">By slot after it, those of new alternatives appended; null when no epoch begins.</param>
    public sealed record Redefined(DateTimeOffset At, string Reason, ExperimentDefinition Definition, ImmutableArray<int>? Weights) : ExperimentEvent(At, Reason);

    /// <summary>Its weights were set by hand.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why, as given.</param>
    /// <param name="Weights">By slot.</param>
    public sealed record WeightsSet(DateTimeOffset At, string Reason, ImmutableArray<int> Weights) : ExperimentEvent(At, Reason);

    /// <summary>Its policy changed the weights.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why, naming figures.</param>
    /// <param name="Weights">By slot.</param>
    /// <param name="Figures">What it was decided on.</param>
    public sealed record Rebalanced(DateTimeOffset At, string Reason, ImmutableArray<int> Weights, IReadOnlyList<DecisionFigure> Figures) : ExperimentEvent(At, Reason)
    {
        /// <summary>The weights of those who have one value of the attribute that the bandit learns by, the largest group first; empty: nobody has weights of their own.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<SegmentRebalanced>? Segments { get; init; }
    }

    /// <summary>
    /// A number of participants or a time was passed at which a rebalance falls due, whatever came of it. It is no decision: it is remembered so that a host that
    /// begins again makes the same reviews as one that went on.
    /// </summary>
    /// <param name="At">When.</param>
    /// <param name="Participants">How many there were.</param>
    public sealed record Reviewed(DateTimeOffset At, long Participants) : ExperimentEvent(At, string.Empty);

    /// <summary>A timestep was closed, and every earlier one that was still open with it.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why the winner is who it is.</param>
    /// <param name="Result">What the close decided.</param>
    /// <param name="Weights">By slot; null when no epoch begins.</param>
    /// <param name="Figures">What it was decided on.</param>
    public sealed record TimestepClosed(DateTimeOffset At, string Reason, TimestepResult Result, ImmutableArray<int>? Weights, IReadOnlyList<DecisionFigure> Figures) : ExperimentEvent(At, Reason);

    /// <summary>A guardrail was crossed and acted.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">What was crossed, by which figures, and what follows.</param>
    /// <param name="Trip">The guardrail, the alternative and the evidence.</param>
    /// <param name="Weights">By slot, when the alternative was dropped; else null.</param>
    /// <param name="Outcome">The default's key, when everybody is moved to it; else null. Neither weights nor outcome: the experiment is disabled.</param>
    /// <param name="Figures">What it was decided on, by the guarded metric.</param>
    public sealed record GuardTripped(
        DateTimeOffset At, string Reason, GuardTrip Trip, ImmutableArray<int>? Weights, string? Outcome, IReadOnlyList<DecisionFigure> Figures) : ExperimentEvent(At, Reason);

    /// <summary>It ended; everybody gets the outcome.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why it ended and why with this outcome.</param>
    /// <param name="Outcome">The alternative's key.</param>
    /// <param name="Figures">What it was decided on; none when a person named the outcome without any.</param>
    public sealed record Completed(DateTimeOffset At, string Reason, string Outcome, IReadOnlyList<DecisionFigure>? Figures) : ExperimentEvent(At, Reason);

    /// <summary>It began again as a draft of a new generation without participants.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Key">The secret of the new generation.</param>
    /// <param name="Seed">The seed of the new generation.</param>
    /// <param name="Weights">The starting weights by slot of the new generation.</param>
    public sealed record Reset(DateTimeOffset At, string Reason, SipKey Key, string Seed, ImmutableArray<int> Weights) : ExperimentEvent(At, Reason);

    /// <summary>It was removed with everything it held.</summary>
    /// <param name="At">When.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Deleted(DateTimeOffset At, string Reason) : ExperimentEvent(At, Reason);
}

/// <summary>Weights of those who have one value of an attribute.</summary>
/// <param name="Segment">Who.</param>
/// <param name="Reason">Why, naming figures.</param>
/// <param name="Weights">By slot.</param>
/// <param name="Figures">What it was decided on.</param>
public sealed record SegmentRebalanced(EpochSegment Segment, string Reason, ImmutableArray<int> Weights, IReadOnlyList<DecisionFigure> Figures);
