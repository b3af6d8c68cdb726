using Bandstand.Grains.Journal;
using Orleans.Storage;

namespace Bandstand.Tests.Cluster.Journal;

/// <summary>What becomes of one request to the storage.</summary>
internal enum Fate
{
    /// <summary>It is carried out and answered.</summary>
    Land,

    /// <summary>It is not carried out; an error is answered.</summary>
    Fail,

    /// <summary>It is carried out, but an error is answered.</summary>
    LandAndFail,

    /// <summary>It is carried out, but a client that sent it twice is told of a conflict with itself.</summary>
    LandAndConflict,

    /// <summary>It waits until <see cref="SimulatedGrainStorage.Release"/>.</summary>
    Hold,
}

/// <summary>Grain storage in memory, with ETags as the strict ones have them and faults on demand.</summary>
internal sealed class SimulatedGrainStorage : IGrainStorage
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, GrainId Owner), (byte[] Data, string ETag)> records = [];
    private readonly List<Request> held = [];
    private int writes;

    /// <summary>Decides the fate of each request as it arrives. Kinds are "read", "write" and "clear".</summary>
    public Func<string, string, Fate> Decide { get; set; } = (_, _) => Fate.Land;

    public List<string> Log { get; } = [];

    public IReadOnlyCollection<string> Names => records.Keys.Select(key => key.Name).ToList();

    public int Held => held.Count;

    public byte[]? Stored(string name) => records.Where(record => record.Key.Name == name).Select(record => record.Value.Data).SingleOrDefault();

    /// <summary>Names of the records of all grains whose id begins so.</summary>
    public IReadOnlyList<string> Owned(string owner)
    {
        lock (gate)
        {
            return [.. records.Keys.Where(key => key.Owner.ToString().StartsWith(owner, StringComparison.Ordinal)).Select(key => key.Name)];
        }
    }

    /// <summary>Changes a byte of one grain's record.</summary>
    public void CorruptOwned(string owner, string name)
    {
        var key = records.Keys.Single(key => key.Name == name && key.Owner.ToString() == owner);
        records[key].Data[^1] ^= 1;
    }

    /// <summary>Changes a stored record behind everybody's back.</summary>
    public void Corrupt(string name, Func<byte[], byte[]?> change)
    {
        var (key, (data, etag)) = records.Single(record => record.Key.Name == name);
        records.Remove(key);
        if (change([.. data]) is { } changed)
        {
            records[key] = (changed, etag);
        }
    }

    /// <summary>Lets a held request meet its fate.</summary>
    public void Release(int index = 0, Fate fate = Fate.Land)
    {
        Request request;
        lock (gate)
        {
            request = held[index];
            held.RemoveAt(index);
        }

        request.Meet(fate);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Ask("read", stateName, () =>
    {
        var found = records.TryGetValue((stateName, grainId), out var record);
        ((IGrainState<StoredBytes>)grainState).State = new StoredBytes { Data = found ? [.. record.Data] : [] };
        grainState.ETag = found ? record.ETag : null;
        grainState.RecordExists = found;
    });

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = ((IGrainState<StoredBytes>)grainState).State!.Data;
        var expected = grainState.ETag;
        return Ask("write", stateName, () =>
        {
            Check(stateName, grainId, expected);
            var etag = $"{++writes}";
            records[(stateName, grainId)] = ([.. data], etag);
            grainState.ETag = etag;
            grainState.RecordExists = true;
        });
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = grainState.ETag;
        return Ask("clear", stateName, () =>
        {
            Check(stateName, grainId, expected);
            records.Remove((stateName, grainId));
            grainState.ETag = null;
            grainState.RecordExists = false;
        });
    }

    private void Check(string name, GrainId owner, string? expected)
    {
        var stored = records.TryGetValue((name, owner), out var record) ? record.ETag : null;
        if (stored != expected)
        {
            throw new InconsistentStateException($"{name} has another ETag.", stored, expected);
        }
    }

    private Task Ask(string kind, string name, Action carryOut)
    {
        lock (gate)
        {
            Log.Add($"{kind} {name}");
            var request = new Request(() => { lock (gate) { carryOut(); } });
            var fate = Decide(kind, name);
            if (fate == Fate.Hold)
            {
                held.Add(request);
            }
            else
            {
                request.Meet(fate);
            }

            return request.Task;
        }
    }

    private sealed class Request(Action carryOut)
    {
        // Continuations run where the test releases the request, so that a run can be repeated step by step.
        private readonly TaskCompletionSource answer = new();

        public Task Task => answer.Task;

        public void Meet(Fate fate)
        {
            try
            {
                if (fate != Fate.Fail)
                {
                    carryOut();
                }
            }
            catch (InconsistentStateException e)
            {
                answer.SetException(e);
                return;
            }

            switch (fate)
            {
                case Fate.Land: answer.SetResult(); break;
                case Fate.LandAndConflict: answer.SetException(new InconsistentStateException("The ETag is not the one that was sent.")); break;
                default: answer.SetException(new IOException("The connection to store.internal:6379 was reset.")); break;
            }
        }
    }
}
