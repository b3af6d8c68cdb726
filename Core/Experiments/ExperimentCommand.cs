namespace Bandstand.Experiments;

/// <summary>What callers ask of an experiment that exists: a closed family of immutable messages.</summary>
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
}

/// <summary>What must be true for a write to be made. <c>default</c> demands nothing.</summary>
/// <param name="IfMatch">The ETag the experiment must have (without quotes), or null.</param>
/// <param name="MustBeNew">True: only create (<c>If-None-Match: *</c>).</param>
public readonly record struct Precondition(string? IfMatch = null, bool MustBeNew = false);
