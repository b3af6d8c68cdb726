namespace Bandstand.Timesteps;

/// <summary>Which batches of one producer a timestep has counted. Immutable; it reads back from JSON as it was written.</summary>
/// <param name="Producer">The producer's name.</param>
/// <param name="Sequences">The sequence numbers counted, ascending, as far as they are remembered.</param>
public sealed record ProducerMarks(string Producer, IReadOnlyList<long> Sequences)
{
    /// <summary>How far behind its highest number a producer's batches are remembered.</summary>
    public const int Window = 1_024;

    /// <summary>Whether this number was counted.</summary>
    /// <param name="sequence">A sequence number.</param>
    public bool Contains(long sequence) => Sequences.Contains(sequence);

    /// <summary>Whether this number is so far behind that nobody remembers whether it was counted.</summary>
    /// <param name="sequence">A sequence number.</param>
    public bool IsForgotten(long sequence) => Sequences.Count > 0 && sequence <= Sequences[^1] - Window;

    /// <summary>The marks after counting one more batch.</summary>
    /// <param name="sequence">A number that is neither contained nor forgotten.</param>
    public ProducerMarks Add(long sequence)
    {
        var highest = Sequences.Count == 0 ? sequence : Math.Max(sequence, Sequences[^1]);
        return this with { Sequences = [.. Sequences.Append(sequence).Where(x => x > highest - Window).Order()] };
    }
}
