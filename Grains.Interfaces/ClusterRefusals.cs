using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>What the cluster itself refuses, beside what Core's rules refuse.</summary>
internal static class ClusterRefusals
{
    public static Refusal NotFound(string experiment) => new(
        RefusalKind.NotFound, "experiment-not-found", $"No experiment has the id \"{experiment}\". Define it first or correct the id.");

    public static Refusal NoObservations(string experiment) => new(
        RefusalKind.Conflict, "no-observations", $"Experiment \"{experiment}\" takes no observations: only a timestep allocation without a period does. With a period the sample is what participants did.");

    public static Refusal NotRunning(string experiment) => new(
        RefusalKind.Conflict, "not-running", $"Experiment \"{experiment}\" is not running, so it takes no observations. Start or enable it first.");

    public static Refusal SequenceTooOld(string producer, long sequence) => new(
        RefusalKind.Conflict, "sequence-too-old", $"Sequence {sequence} of producer \"{producer}\" is more than 1024 behind its newest, so it cannot be told whether it counted. Send it without a producer if it never did.");

    public static Refusal Limit(int limit) => new(
        RefusalKind.Invalid, "invalid-limit", $"The limit is {limit}; it must be 1 to 1000.");

    public static Refusal TooManyIdentities(int count, int most) => new(
        RefusalKind.TooLarge, "too-many-identities", $"{count} identities in one request; at most {most} are answered. Send several requests.");

    public static Refusal Unreachable(Exception error) => new(
        RefusalKind.Unavailable, "cluster-unavailable", $"A part of the cluster cannot be reached now ({error.GetType().Name}). Nothing was answered as done: send the same again.");
}
