using Bandstand.Ports;
using Bandstand.Storage.Journal;

namespace Bandstand.Storage;

/// <summary>A row of the table of actors that fails its checksum under the key that it names.</summary>
internal sealed record DamagedActor(ActorKey KeyAsRead, long Id, long Head, long Snapshot, long Checksum)
{
    private const string Damage = "its row in the table of actors fails its checksum";

    /// <summary>The actor under the key as read. No other number of the row is trusted, so nothing is ever deleted by them.</summary>
    public static StoredActor AsRead() => new() { Damage = Damage };

    /// <summary>The actor under this key when the checksum fits it, so that only the key was damaged; else null.</summary>
    public StoredActor? As(ActorKey key)
    {
        var seed = Journal.Checksum.OfActor(key, Id);
        return Journal.Checksum.OfRow(seed, RowKind.Actor, Head, Snapshot) == Checksum
            ? new StoredActor { Id = Id, Seed = seed, Head = Head, Snapshot = Snapshot, Damage = Damage }
            : null;
    }
}
