using Bandstand.Grains;
using Bandstand.Grains.Journal;
using Bandstand.Silo.Settings;
using Orleans.Configuration;
using Orleans.Storage;
using Microsoft.Extensions.Options;

namespace Bandstand.Silo;

/// <summary>
/// Tries the grain storage when the silo starts: that it is registered, can be written, and refuses what it must. Otherwise
/// the first to notice would be an experiment.
/// </summary>
internal sealed class StorageCheck(IServiceProvider services, IOptions<SiloOptions> silo) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(StorageCheck), ServiceLifecycleStage.Active + 1, Check);

    private async Task Check(CancellationToken cancellationToken)
    {
        var storage = services.GetKeyedService<IGrainStorage>(StorageNames.Bandstand)
            ?? throw new SiloSettingsException($"No grain storage named '{StorageNames.Bandstand}' is registered. Register one that refuses a write with another ETag.");
        var grain = GrainId.Create("storage-check", silo.Value.SiloName);
        var state = new GrainState<StoredBytes>(new StoredBytes());
        await storage.ReadStateAsync("check", grain, state);
        state.State = new StoredBytes { Data = [1] };
        await storage.WriteStateAsync("check", grain, state);
        try
        {
            await storage.WriteStateAsync("check", grain, new GrainState<StoredBytes>(new StoredBytes { Data = [2] }));
        }
        catch (InconsistentStateException)
        {
            await storage.ClearStateAsync("check", grain, state);
            return;
        }

        throw new SiloSettingsException($"The grain storage '{StorageNames.Bandstand}' lets a record be created over another; two owners of one shard could both write. Set Silo__Storage to another one.");
    }
}
