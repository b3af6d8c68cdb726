using Bandstand.Ports;
using Bandstand.Storage.Journal;

namespace Bandstand.Storage;

/// <summary>
/// Keeps an actor whose name was damaged from beginning again as if it had never been: whoever opens a key that the file
/// does not name is compared with the rows that name nobody. Thread-safe.
/// </summary>
internal sealed class DamagedActors
{
    private readonly List<DamagedActor> rows = [];

    /// <summary>The keys that these rows seem to name.</summary>
    public IEnumerable<ActorKey> KeysAsRead => rows.Select(row => row.KeyAsRead);

    /// <summary>Adds a row, while the store is opened.</summary>
    public void Add(DamagedActor row) => rows.Add(row);

    /// <summary>What the file holds of an actor that it does not name.</summary>
    public StoredActor Find(ActorKey key)
    {
        lock (rows)
        {
            return rows.Select(row => row.As(key)).FirstOrDefault(actor => actor is not null) ?? new StoredActor();
        }
    }

    /// <summary>The actor with this number is being deleted: it may begin again.</summary>
    public void Forget(long id)
    {
        lock (rows)
        {
            rows.RemoveAll(row => row.Id == id);
        }
    }
}
