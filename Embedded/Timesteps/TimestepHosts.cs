using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Embedded.Timesteps;

/// <summary>
/// The timesteps of one generation of an experiment: the homes of those that take observations, while they do. A timestep that
/// was closed or passed over is read again for as long as it takes to tell a producer that its batch counted before.
/// </summary>
/// <remarks>
/// Thread-safe. <see cref="Freeze"/> and <see cref="Settle"/> belong to the experiment's turn: whatever was folded before a
/// freeze is in what is decided on, and nothing is folded after it, into the timesteps that are passed over neither.
/// </remarks>
internal sealed class TimestepHosts(IJournalStore store, string experiment, long generation, long snapshotBytes)
{
    private readonly Lock turn = new();
    private readonly Lock late = new();
    private readonly Dictionary<int, TimestepHost> open = [];
    private int next;

    /// <summary>Timesteps that are in memory.</summary>
    public IReadOnlyList<int> Present
    {
        get
        {
            lock (turn)
            {
                return [.. open.Keys.Order()];
            }
        }
    }

    /// <summary>Folds a batch; answers whether it had counted before.</summary>
    /// <param name="timestep">The timestep's number.</param>
    /// <param name="keys">The alternatives' keys, for the first batch.</param>
    /// <param name="batch">What was observed.</param>
    /// <param name="producer">Who sends it, or null.</param>
    /// <param name="durable">What the answer rests on.</param>
    public Answer<bool> Fold(int timestep, IReadOnlyList<string> keys, TimestepObservations batch, ProducerSequence? producer, out Task durable) =>
        Open(timestep, keys) is { } home
            ? home.Fold(batch, producer, out durable)
            : FoldLate(timestep, keys, batch, producer, out durable);

    /// <summary>
    /// Takes no more observations for this timestep and all before it; answers what was observed in this one, or null: no batch
    /// ever came, not even an empty one.
    /// </summary>
    public TimestepObservations? Freeze(int timestep, IReadOnlyList<string> keys, out Task durable)
    {
        var home = Open(timestep, keys)!;
        List<TimestepHost> passed;
        lock (turn)
        {
            next = timestep + 1;
            passed = [.. open.Where(pair => pair.Key < timestep).Select(pair => pair.Value)];
        }

        foreach (var skipped in passed)
        {
            skipped.Freeze(out _);
        }

        return home.Freeze(out durable);
    }

    /// <summary>
    /// Follows the experiment: timesteps from <paramref name="nextTimestep"/> on take observations, whatever was frozen for a close that came to
    /// nothing, and those before are let go of.
    /// </summary>
    public void Settle(int nextTimestep)
    {
        lock (turn)
        {
            next = nextTimestep;
            foreach (var (number, home) in open.ToList())
            {
                if (number < nextTimestep)
                {
                    open.Remove(number);
                }
                else
                {
                    home.Thaw();
                }
            }
        }
    }

    /// <summary>Every timestep that has a journal, for when the generation is over.</summary>
    public IReadOnlyList<ActorKey> Actors() =>
    [
        .. Present.Select(KeyOf).Union(store.List().Where(actor => actor.Kind == ActorKind.Timestep && actor.Name == experiment && actor.Generation == generation)),
    ];

    private TimestepHost? Open(int timestep, IReadOnlyList<string> keys)
    {
        lock (turn)
        {
            if (timestep < next)
            {
                return null;
            }

            if (!open.TryGetValue(timestep, out var home))
            {
                open[timestep] = home = New(timestep, keys);
            }

            return home;
        }
    }

    /// <summary>A closed timestep still knows its producers: who sends the same again is told so.</summary>
    private Answer<bool> FoldLate(int timestep, IReadOnlyList<string> keys, TimestepObservations batch, ProducerSequence? producer, out Task durable)
    {
        if (producer is null || !store.List().Contains(KeyOf(timestep)))
        {
            durable = Task.CompletedTask;
            return Timestep.Open(timestep, keys).Freeze().Fold(batch, null).Refusal!;
        }

        lock (late)
        {
            // Frozen, it writes nothing; the lock keeps two from reading the same journal at once.
            var home = New(timestep, keys);
            home.Freeze(out _);
            return home.Fold(batch, producer, out durable);
        }
    }

    private TimestepHost New(int timestep, IReadOnlyList<string> keys) => new(store.Open(KeyOf(timestep)), timestep, keys, snapshotBytes);

    private ActorKey KeyOf(int timestep) => new(ActorKind.Timestep, experiment, generation, timestep);
}
