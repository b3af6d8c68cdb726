using Bandstand.Events;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Timesteps;
using Orleans.Placement;

namespace Bandstand.Grains.Timesteps;

/// <summary>The home of one timestep: every rule is the timestep's.</summary>
[RandomPlacement]
[GrainType("bandstand-timestep")]
internal sealed class TimestepGrain(
    [PersistentState("timestep", StorageNames.Bandstand)] IPersistentState<StoredBytes> document, GrainOptions options) : ActorGrain(options), ITimestepGrain
{
    /// <summary>What is stored.</summary>
    /// <param name="State">The timestep.</param>
    /// <param name="Received">True once a batch came, even one without rows.</param>
    internal sealed record Document(Timestep State, bool Received);

    public async ValueTask<JsonReply> Fold(string[] keys, byte[] observations, string? producer, long sequence)
    {
        var folded = Present(keys).State.Fold(WireJson.Read<TimestepObservations>(observations), producer is null ? null : new ProducerSequence(producer, sequence));
        if (!folded.IsRefused && !folded.Value.IsDuplicate)
        {
            await Save(new Document(folded.Value.State, Received: true));
        }

        return WireJson.Write(folded.Map(fold => fold.IsDuplicate));
    }

    public async ValueTask<byte[]?> Freeze(string[] keys)
    {
        var present = Present(keys);
        if (!present.State.IsFrozen)
        {
            await Save(present = present with { State = present.State.Freeze() });
        }

        return present.Received ? WireJson.Write(present.State.Observations) : null;
    }

    public ValueTask<bool> Exists() => new(document.RecordExists);

    public async ValueTask Retire()
    {
        if (document.RecordExists)
        {
            await document.ClearStateAsync();
        }

        DeactivateOnIdle();
    }

    private Document Present(string[] keys) => document.State.Data.Length > 0
        ? WireJson.Read<Document>(document.State.Data)
        : new Document(Timestep.Open(GrainKeys.Parse(this.GetPrimaryKeyString()).Number, keys), Received: false);

    private Task Save(Document next) => Save(document, next, $"The timestep {this.GetPrimaryKeyString()}");
}
