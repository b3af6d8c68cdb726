using Bandstand.Ports;
using Orleans.Storage;

namespace Bandstand.Grains.Journal;

/// <summary>A record as it was read: null bytes when there is none, and the ETag a write must name.</summary>
internal readonly record struct StoredRecord(byte[]? Bytes, string? ETag);

/// <summary>
/// The records of one actor in grain storage, each under its ETag. Every failure becomes a <see cref="JournalUnavailableException"/>:
/// <c>fenced</c> when the ETag did not match, else <c>storage-unavailable</c> with an unknown fate.
/// </summary>
/// <remarks>Thread-safe. A request that outlives its timeout goes on by itself; its ETag decides whether it lands.</remarks>
internal sealed class JournalRecords(IGrainStorage storage, GrainId owner, ActorKey actor, TimeSpan timeout, TimeProvider clock)
{
    public ActorKey Actor => actor;

    public async Task<StoredRecord> Read(string name)
    {
        var state = new GrainState<StoredBytes>(new StoredBytes());
        await Ask(storage.ReadStateAsync, name, state);
        return new StoredRecord(state.RecordExists ? state.State!.Data : null, state.ETag);
    }

    /// <summary>Writes if the record still has this ETag (null: if there is none); answers the new one.</summary>
    public async Task<string?> Write(string name, byte[] bytes, string? etag)
    {
        var state = new GrainState<StoredBytes>(new StoredBytes { Data = bytes }, etag) { RecordExists = etag is not null };
        await Ask(storage.WriteStateAsync, name, state);
        return state.ETag;
    }

    /// <summary>Deletes a record that nobody will write again.</summary>
    public Task Clear(string name, StoredRecord record)
        => Ask(storage.ClearStateAsync, name, new GrainState<StoredBytes>(new StoredBytes { Data = record.Bytes ?? [] }, record.ETag) { RecordExists = true });

    private async Task Ask(Func<string, GrainId, IGrainState<StoredBytes>, Task> request, string name, GrainState<StoredBytes> state)
    {
        try
        {
            await request(name, owner, state).WaitAsync(timeout, clock).ConfigureAwait(false);
        }
        catch (InconsistentStateException e)
        {
            throw new JournalUnavailableException("fenced", $"Another owner wrote the record {name} of {actor}.", e);
        }
        catch (Exception e) when (e is not JournalUnavailableException)
        {
            throw new JournalUnavailableException("storage-unavailable", $"The record {name} of {actor} cannot be reached in grain storage: {e.Message}", e);
        }
    }
}
