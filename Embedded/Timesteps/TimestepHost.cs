using System.Text.Json;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Embedded.Timesteps;

/// <summary>The home of one timestep: one lock, one journal. Every rule is the timestep's.</summary>
/// <remarks>
/// Thread-safe. That it is frozen is not journaled: after a restart the experiment's own journal says what is closed, and a
/// timestep whose close was never answered takes observations again.
/// </remarks>
internal sealed class TimestepHost
{
    private readonly Lock turn = new();
    private readonly TimestepReplay replay;
    private readonly Journaled journaled;
    private bool isFrozen;

    public TimestepHost(IJournal journal, int number, IReadOnlyList<string> keys, long snapshotBytes)
    {
        replay = new TimestepReplay(Timestep.Open(number, keys));
        journaled = new Journaled(journal, replay, replay.Snapshot, snapshotBytes);
    }

    /// <summary>Folds a batch; answers whether it had counted before.</summary>
    public Answer<bool> Fold(TimestepObservations batch, ProducerSequence? producer, out Task durable)
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
            durable = journaled.Durable;
            var folded = (isFrozen ? replay.State.Freeze() : replay.State).Fold(batch, producer);
            if (folded.IsRefused)
            {
                return folded.Refusal;
            }

            if (!folded.Value.IsDuplicate)
            {
                replay.State = folded.Value.State;
                replay.Received = true;
                durable = journaled.Append(TimestepReplay.Entry(new TimestepEntry(batch, producer?.Name, producer?.Sequence ?? 0)));
            }

            return folded.Value.IsDuplicate;
        }
    }

    /// <summary>Takes no more observations; answers what there are, or null: no batch ever came, not even an empty one.</summary>
    public TimestepObservations? Freeze(out Task durable)
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
            durable = journaled.Durable;
            isFrozen = true;
            return replay.Received ? replay.State.Observations : null;
        }
    }

    /// <summary>Takes observations again: the close it was frozen for came to nothing.</summary>
    public void Thaw()
    {
        lock (turn)
        {
            isFrozen = false;
        }
    }

    private sealed record TimestepEntry(TimestepObservations Batch, string? Producer, long Sequence);

    private sealed class TimestepReplay : IJournalReplay
    {
        private readonly Timestep open;
        private MemoryStream? snapshot;

        public TimestepReplay(Timestep open) => State = this.open = open;

        public Timestep State { get; set; }

        /// <summary>True once a batch came; a snapshot is only made after one.</summary>
        public bool Received { get; set; }

        public static byte[] Entry(TimestepEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry);

        public IReadOnlyList<ReadOnlyMemory<byte>> Snapshot() => SnapshotParts.Of(JsonSerializer.SerializeToUtf8Bytes(State));

        public void Begin()
        {
            State = open;
            Received = false;
            snapshot = null;
        }

        public void SnapshotPart(ReadOnlySpan<byte> part) => (snapshot ??= new MemoryStream()).Write(part);

        public void Entry(ReadOnlySpan<byte> entry)
        {
            Restore();
            var happened = JsonSerializer.Deserialize<TimestepEntry>(entry)!;
            Received = true;
            State = State.Fold(happened.Batch, happened.Producer is { } name ? new ProducerSequence(name, happened.Sequence) : null).Value.State;
        }

        public void End() => Restore();

        private void Restore()
        {
            if (snapshot is not null)
            {
                State = JsonSerializer.Deserialize<Timestep>(snapshot.GetBuffer().AsSpan(0, (int)snapshot.Length))!;
                Received = true;
                snapshot = null;
            }
        }
    }
}
