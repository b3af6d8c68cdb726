namespace Bandstand.Ports;

/// <summary>What every <see cref="IExperiments"/> refuses before it asks any actor, in the same words whoever the host is. Thread-safe.</summary>
public static class HostRefusals
{
    /// <summary>No experiment has this id.</summary>
    /// <param name="experiment">The id that was asked for.</param>
    public static Refusal NotFound(string experiment) => new(
        RefusalKind.NotFound, "experiment-not-found", $"No experiment has the id \"{experiment}\". Define it first or correct the id.");

    /// <summary>The experiment's timesteps are not fed by observations.</summary>
    /// <param name="experiment">Its id.</param>
    public static Refusal NoObservations(string experiment) => new(
        RefusalKind.Conflict, "no-observations", $"Experiment \"{experiment}\" takes no observations: only a timestep allocation without a period does. With a period the sample is what participants did.");

    /// <summary>The experiment does not run, so nothing is observed.</summary>
    /// <param name="experiment">Its id.</param>
    public static Refusal NotRunning(string experiment) => new(
        RefusalKind.Conflict, "not-running", $"Experiment \"{experiment}\" is not running, so it takes no observations. Start or enable it first.");

    /// <summary>A sequence is too far behind its producer's newest to tell whether it counted.</summary>
    /// <param name="producer">The producer's name.</param>
    /// <param name="sequence">What was sent.</param>
    public static Refusal SequenceTooOld(string producer, long sequence) => new(
        RefusalKind.Conflict, "sequence-too-old", $"Sequence {sequence} of producer \"{producer}\" is more than 1024 behind its newest, so it cannot be told whether it counted. Send it without a producer if it never did.");

    /// <summary>A page of a list is too short or too long.</summary>
    /// <param name="limit">What was asked for.</param>
    public static Refusal Limit(int limit) => new(
        RefusalKind.Invalid, "invalid-limit", $"The limit is {limit}; it must be 1 to 1000.");
}
