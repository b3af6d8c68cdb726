using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>
/// What is asked of an experiment: a closed family of immutable messages. <see cref="Put"/>, <see cref="Review"/>, <see cref="Guard"/> and
/// <see cref="CloseTimestep"/> come from hosts, the others from callers.
/// </summary>
public abstract record ExperimentCommand
{
    private protected ExperimentCommand()
    {
    }

    /// <summary>Start a draft. Already running: nothing changes.</summary>
    public sealed record Start : ExperimentCommand;

    /// <summary>Let a disabled experiment run again.</summary>
    public sealed record Enable : ExperimentCommand;

    /// <summary>Pause: everybody gets the default, nothing is counted.</summary>
    public sealed record Disable : ExperimentCommand;

    /// <summary>Recompute the weights now by the experiment's policy.</summary>
    public sealed record Rebalance : ExperimentCommand;

    /// <summary>End it. Everybody gets the outcome from now on.</summary>
    /// <param name="Outcome">The alternative's key, or null: the definition's rule decides.</param>
    public sealed record Complete(string? Outcome) : ExperimentCommand;

    /// <summary>Set the weights by hand: a new epoch.</summary>
    /// <param name="Weights">Relative weights by key, every open alternative named; 0 closes one.</param>
    /// <param name="Reason">Why, kept with the decision. Not empty.</param>
    public sealed record SetWeights(IReadOnlyDictionary<string, double> Weights, string Reason) : ExperimentCommand;

    /// <summary>Begin again: a new generation with no participants.</summary>
    /// <param name="Seed">A new seed, or null to keep the seed.</param>
    public sealed record Reset(string? Seed) : ExperimentCommand;

    /// <summary>Remove it with everything it holds.</summary>
    public sealed record Delete : ExperimentCommand;

    /// <summary>Create it, or change its definition. The same definition as the last one changes nothing.</summary>
    /// <param name="Definition">The whole definition, validated.</param>
    public sealed record Put(ExperimentDefinition Definition) : ExperimentCommand;

    /// <summary>
    /// A timer's or a count's nudge: complete the experiment if its conditions hold, else rebalance if that is due. Send it when
    /// <see cref="ExperimentSchedule"/> says so; sending it more often changes nothing.
    /// </summary>
    /// <param name="LastAt">When the last review was, or null: none yet. A host that begins goes on from <see cref="Experiment.Reviewed"/>.</param>
    /// <param name="LastParticipants">Participants at the last review.</param>
    public sealed record Review(DateTimeOffset? LastAt, long LastParticipants) : ExperimentCommand;

    /// <summary>
    /// Look at the guardrails and act where one was crossed. Hosts send it after events of a guarded metric, before those are answered; sending
    /// it more often changes nothing.
    /// </summary>
    public sealed record Guard : ExperimentCommand;

    /// <summary>Make a timestep's winner count. A timestep that is closed already: nothing changes.</summary>
    /// <param name="Result">What <see cref="TimestepBook.Close"/> decided on <see cref="Experiment.Timesteps"/>.</param>
    public sealed record CloseTimestep(TimestepResult Result) : ExperimentCommand;
}

/// <summary>What must be true for a write to be made. <c>default</c> demands nothing.</summary>
/// <param name="IfMatch">The ETag the experiment must have (without quotes), <see cref="Any"/>: it must exist, or null.</param>
/// <param name="MustBeNew">True: only create (<c>If-None-Match: *</c>).</param>
public readonly record struct Precondition(string? IfMatch = null, bool MustBeNew = false)
{
    /// <summary>As <see cref="IfMatch"/>: any ETag will do, but there must be one (<c>If-Match: *</c>, RFC 9110, 13.1.1).</summary>
    public const string Any = "*";
}
