using Bandstand.Events;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Timesteps;
using Orleans.Placement;

namespace Bandstand.Grains.Timesteps;

/// <summary>The home of one timestep: every rule is the timestep's.</summary>
[RandomPlacement]
[GrainType("bandstand-timestep")]
internal sealed class TimestepGrain([PersistentState("timestep", StorageNames.Bandstand)] IPersistentState<StoredBytes> document) : Grain, ITimestepGrain
{
    public async ValueTask<JsonReply> Fold(string[] keys, byte[] observations, string? producer, long sequence)
    {
        var folded = State(keys).Fold(WireJson.Read<TimestepObservations>(observations), producer is null ? null : new ProducerSequence(producer, sequence));
        if (!folded.IsRefused && !folded.Value.IsDuplicate)
        {
            await Save(folded.Value.State);
        }

        return WireJson.Write(folded.Map(fold => fold.IsDuplicate));
    }

    public async ValueTask<byte[]?> Freeze(string[] keys)
    {
        var state = State(keys);
        if (!state.IsFrozen)
        {
            await Save(state = state.Freeze());
        }

        return state.Observations.Rows == 0 ? null : WireJson.Write(state.Observations);
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

    private Timestep State(string[] keys) => document.State.Data.Length > 0
        ? WireJson.Read<Timestep>(document.State.Data)
        : Timestep.Open(GrainKeys.Parse(this.GetPrimaryKeyString()).Number, keys);

    private async Task Save(Timestep state)
    {
        var saved = document.State;
        document.State = new StoredBytes { Data = WireJson.Write(state) };
        try
        {
            await document.WriteStateAsync();
        }
        catch (Exception e)
        {
            // The write may or may not have landed: answer from what was saved, then read it again.
            document.State = saved;
            DeactivateOnIdle();
            throw new ActorFailedException("storage-unavailable", $"The timestep cannot be written: {e.Message} Send the same again.");
        }
    }
}
