namespace Bandstand.Timesteps;

/// <summary>How the close of a timestep decides who leads after it. Implementations are pure, immutable and thread-safe.</summary>
public interface ITimestepPolicy
{
    /// <summary>Decides a timestep.</summary>
    /// <param name="timestep">Its number.</param>
    /// <param name="winner">The alternative that led before it.</param>
    /// <param name="observations">What was observed; null if nothing ever was.</param>
    /// <param name="closed">What earlier closes decided, in order of their numbers; those passed over may be missing.</param>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    TimestepResult Decide(
        int timestep, string winner, TimestepObservations? observations, IReadOnlyList<TimestepResult> closed, IReadOnlyList<string> keys);
}
