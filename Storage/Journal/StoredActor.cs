namespace Bandstand.Storage.Journal;

/// <summary>What the file holds of one actor. Changed by the writer only.</summary>
internal sealed class StoredActor
{
    private long id;

    /// <summary>Its number in the file, or 0 while it has no row.</summary>
    public long Id
    {
        get => Volatile.Read(ref id);
        set => Volatile.Write(ref id, value);
    }

    /// <summary>The checksum of its key, with which those of its rows begin.</summary>
    public uint Seed { get; set; }

    /// <summary>The number of its last row of entries.</summary>
    public long Head { get; set; }

    /// <summary>Its snapshot, or 0.</summary>
    public long Snapshot { get; set; }

    /// <summary>The first row of entries that the snapshot does not hold.</summary>
    public long Cut { get; set; } = 1;

    /// <summary>True once there is something to recover, damage included.</summary>
    public bool HasRows => Damage is not null || (Id != 0 && (Head != 0 || Snapshot != 0));

    /// <summary>Why it must not serve, or null.</summary>
    public string? Damage { get; set; }
}
