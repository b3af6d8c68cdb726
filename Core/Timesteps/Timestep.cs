using Bandstand.Events;
using Bandstand.Ports;

namespace Bandstand.Timesteps;

/// <summary>What folding a batch into a timestep gives.</summary>
/// <param name="State">The timestep afterwards.</param>
/// <param name="IsDuplicate">Whether the batch had been counted before, so that nothing changed.</param>
public readonly record struct TimestepFold(Timestep State, bool IsDuplicate);

/// <summary>
/// The observations of one timestep of one experiment while it is open, and frozen once it is closed. Immutable; it reads back from JSON as it
/// was written.
/// </summary>
/// <param name="Number">From 0.</param>
/// <param name="IsFrozen">Whether it takes no more observations.</param>
/// <param name="Observations">What was observed.</param>
/// <param name="Producers">Which batches are in it.</param>
public sealed record Timestep(int Number, bool IsFrozen, TimestepObservations Observations, IReadOnlyList<ProducerMarks> Producers)
{
    /// <summary>An open timestep in which nothing was observed.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    public static Timestep Open(int number, IReadOnlyList<string> keys) => new(number, false, TimestepObservations.None(keys), []);

    /// <summary>
    /// Folds a batch. One that was counted before is a duplicate and changes nothing, even after the close, so that a producer whose answer got
    /// lost may send again at any time.
    /// </summary>
    /// <param name="batch">Observations of the same alternatives.</param>
    /// <param name="producer">Who sends it, or null: then nothing protects against repeats.</param>
    /// <returns>The timestep afterwards, or a refusal: it is closed, or the sequence is too old to know.</returns>
    public Answer<TimestepFold> Fold(TimestepObservations batch, ProducerSequence? producer)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var marks = producer is { } name ? Marks(name.Name) : null;
        if (marks is not null && marks.Contains(producer!.Value.Sequence))
        {
            return new TimestepFold(this, true);
        }

        if (IsFrozen)
        {
            return new Refusal(RefusalKind.Conflict, TimestepBook.ClosedCode, $"Timestep {Number} is closed; send observations to a later one.");
        }

        if (marks is not null && marks.IsForgotten(producer!.Value.Sequence))
        {
            return new Refusal(
                RefusalKind.Conflict,
                "sequence-too-old",
                $"Sequence {producer.Value.Sequence} of '{marks.Producer}' is more than {ProducerMarks.Window:N0} behind its highest: "
                + "it is no longer known whether it was counted.");
        }

        var producers = marks is null
            ? Producers
            : [.. Producers.Where(x => x.Producer != marks.Producer), marks.Add(producer!.Value.Sequence)];
        return new TimestepFold(this with { Observations = Observations.Merge(batch), Producers = producers }, false);
    }

    /// <summary>The timestep after its close. Freezing it again changes nothing.</summary>
    public Timestep Freeze() => IsFrozen ? this : this with { IsFrozen = true };

    private ProducerMarks Marks(string producer) => Producers.FirstOrDefault(x => x.Producer == producer) ?? new ProducerMarks(producer, []);
}
