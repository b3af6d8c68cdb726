namespace Bandstand.Ports;

/// <summary>
/// Feeds a replay what a store holds, and says which part or entry it was when the replay cannot read it. Its checksum was right,
/// so no disk is to blame: another version wrote it.
/// </summary>
/// <remarks>For implementations of <see cref="IJournal"/>. Not thread-safe: it belongs to one recovery.</remarks>
/// <param name="replay">Whose state is recovered.</param>
/// <param name="actor">Whose journal it is.</param>
/// <param name="place">Where it lies, for the message: a file's path, or the kind of store.</param>
public sealed class StoredReplay(IJournalReplay replay, ActorKey actor, string place) : IJournalReplay
{
    /// <summary>The code of a <see cref="JournalUnavailableException"/> that says so.</summary>
    public const string Unreadable = "storage-unreadable";

    private long parts;
    private long entries;

    /// <inheritdoc/>
    public void Begin()
    {
        (parts, entries) = (0, 0);
        replay.Begin();
    }

    /// <inheritdoc/>
    /// <exception cref="JournalUnavailableException">It cannot be read by this version.</exception>
    public void SnapshotPart(ReadOnlySpan<byte> part)
    {
        parts++;
        try
        {
            replay.SnapshotPart(part);
        }
        catch (Exception cause) when (IsOfReplay(cause))
        {
            throw Failed($"Part {parts} of the snapshot", cause);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="JournalUnavailableException">It, or the snapshot before it, cannot be read by this version.</exception>
    public void Entry(ReadOnlySpan<byte> entry)
    {
        entries++;
        try
        {
            replay.Entry(entry);
        }
        catch (Exception cause) when (IsOfReplay(cause))
        {
            throw Failed(parts == 0 ? $"Entry {entries}" : entries == 1 ? "The snapshot, or entry 1 after it," : $"Entry {entries} after the snapshot", cause);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="JournalUnavailableException">What was fed last cannot be read by this version.</exception>
    public void End()
    {
        try
        {
            replay.End();
        }
        catch (Exception cause) when (IsOfReplay(cause))
        {
            throw Failed(entries == 0 ? "The snapshot" : $"Entry {entries}", cause);
        }
    }

    // Bytes that mean something else to this version can fail in any way.
    private static bool IsOfReplay(Exception cause) => cause is not (JournalUnavailableException or JournalDamagedException or OutOfMemoryException);

    private JournalUnavailableException Failed(string what, Exception cause) => new(
        Unreadable,
        $"{what} of {actor} in {place} is as it was written, but this version cannot read it: {cause.Message.TrimEnd('.')}. Nothing was changed. Run the version that wrote it, or restore the data from a backup.",
        cause);
}
