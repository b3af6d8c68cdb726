using System.Globalization;
using System.Security.Cryptography;
using Bandstand.Grains.Journal;
using Orleans.Storage;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>
/// Grain storage in the SQLite file that the silos of one machine share. ETags are strict: a write or clear must name the
/// stored one, or none where there is no record.
/// </summary>
/// <remarks>Thread-safe. ETags are random, so that a record that was deleted and created again never has an older one's.</remarks>
internal sealed class SqliteGrainStorage(SiloDatabase database, IGrainStorageSerializer serializer) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        var record = await database.Query(tables => tables.ReadRecord(grain, stateName)).ConfigureAwait(false);
        grainState.RecordExists = record is not null;
        grainState.ETag = record?.ETag.ToString(CultureInfo.InvariantCulture);
        grainState.State = record is { } found ? serializer.Deserialize<T>(new BinaryData(found.Bytes))! : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        var bytes = grainState.State is StoredBytes stored ? stored.Data : serializer.Serialize(grainState.State).ToMemory();
        var (expected, etag) = (Expected(grainState.ETag), NewETag());
        if (!await database.Change(tables => tables.WriteRecord(grain, stateName, expected, etag, bytes.Span)).ConfigureAwait(false))
        {
            throw Conflict(stateName, grain, grainState.ETag);
        }

        grainState.ETag = etag.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        if (Expected(grainState.ETag) is { } expected
            && !await database.Change(tables => tables.DeleteRecord(grain, stateName, expected)).ConfigureAwait(false))
        {
            throw Conflict(stateName, grain, grainState.ETag);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private static long? Expected(string? etag) => etag is null ? null : long.Parse(etag, CultureInfo.InvariantCulture);

    private static long NewETag() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private static InconsistentStateException Conflict(string name, string grain, string? expected)
        => new($"The record {name} of {grain} was written by somebody else.", null, expected);
}
