namespace Bandstand.Storage.Journal;

/// <summary>
/// A row that is still being filled by its actor, under the actor's lock. Taken from and given back to a pool, so that an
/// append allocates nothing once the buffers have grown.
/// </summary>
internal sealed class PendingRow(ActorJournal actor, Group group, long sequence)
{
    /// <summary>A row that holds this much takes no further entry, which bounds what a recovery reads at once.</summary>
    private const int Full = 1 << 20;

    private byte[] buffer = new byte[512];
    private int length;

    public ActorJournal Actor { get; private set; } = actor;

    public Group Group { get; private set; } = group;

    public long Sequence { get; private set; } = sequence;

    public bool HasRoom => length < Full;

    public int Capacity => buffer.Length;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <summary>Begins again for another row.</summary>
    public PendingRow Reuse(ActorJournal actor, Group group, long sequence)
    {
        (Actor, Group, Sequence, length) = (actor, group, sequence, 0);
        return this;
    }

    /// <summary>Copies one entry behind the others.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        var end = length + EntryCodec.Size(entry.Length);
        if (end > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(end, buffer.Length * 2));
        }

        EntryCodec.Write(buffer.AsSpan(length), entry);
        length = end;
    }
}
