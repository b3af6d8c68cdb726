namespace Bandstand.Ports;

/// <summary>
/// The durable log of one actor: entries appended in turn order, cut short by snapshots.
/// </summary>
/// <remarks>
/// <para>One owner at a time calls it, one call after another (the actor's turn or lock); it needs no locks of its own
/// against its owner. <see cref="Append"/> copies the entry at once and returns the task of the <em>group</em> it will be
/// written with: one write is in flight at most, everything that arrives meanwhile goes into the next, and all appends of
/// one group share one task. Entries of one group become durable together or not at all, in the order of the calls.</para>
/// <para>When a returned task fails, it is unknown whether the group was written. The owner must then drop its state and
/// call <see cref="Recover"/> before it serves again; until then every further append fails too.</para>
/// </remarks>
public interface IJournal
{
    /// <summary>
    /// Replays the latest snapshot's parts, in order, and then every entry appended after it. An actor that was never
    /// written replays nothing.
    /// </summary>
    /// <param name="replay">Receives the parts and entries; the spans are only valid during the call.</param>
    /// <param name="cancellationToken">Gives up the recovery.</param>
    /// <exception cref="JournalDamagedException">A row fails its checksum or a part is missing: this actor must not serve.</exception>
    /// <exception cref="JournalUnavailableException">The store cannot be read now, or holds what this version cannot read (<see cref="StoredReplay"/>).</exception>
    ValueTask Recover(IJournalReplay replay, CancellationToken cancellationToken = default);

    /// <summary>Enqueues one entry. The task completes when the entry survives kill -9 and power loss.</summary>
    /// <param name="entry">The entry's bytes, copied before this returns. Not empty.</param>
    /// <returns>The task of the group. It fails with <see cref="JournalUnavailableException"/>.</returns>
    Task Append(ReadOnlySpan<byte> entry);

    /// <summary>
    /// Enqueues a snapshot of the state as it is after all entries appended so far. When it is durable, those entries are
    /// dropped; if it is not, they are still there.
    /// </summary>
    /// <param name="parts">The snapshot in parts, each at most 1 MB; not changed by the caller afterwards.</param>
    Task Snapshot(IReadOnlyList<ReadOnlyMemory<byte>> parts);

    /// <summary>Bytes of entries appended since the last snapshot: what a recovery would replay.</summary>
    long BytesSinceSnapshot { get; }
}

/// <summary>What <see cref="IJournal.Recover"/> feeds.</summary>
public interface IJournalReplay
{
    /// <summary>Forget everything: a replay begins.</summary>
    void Begin();

    /// <summary>The next part of the snapshot.</summary>
    /// <param name="part">Its bytes, valid during the call.</param>
    void SnapshotPart(ReadOnlySpan<byte> part);

    /// <summary>The next entry after the snapshot.</summary>
    /// <param name="entry">Its bytes, valid during the call.</param>
    void Entry(ReadOnlySpan<byte> entry);

    /// <summary>The replay is complete.</summary>
    void End();
}

/// <summary>All journals of one store, such as one SQLite file.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IJournalStore : IAsyncDisposable
{
    /// <summary>Every actor that has at least one row.</summary>
    IReadOnlyList<ActorKey> List();

    /// <summary>The journal of one actor. The same object is answered for the same key until it is dropped.</summary>
    /// <param name="key">Whose journal.</param>
    IJournal Open(ActorKey key);

    /// <summary>Deletes everything of these actors, which nobody owns any more (an older generation).</summary>
    /// <param name="keys">Whose rows.</param>
    Task Drop(IReadOnlyList<ActorKey> keys);
}

/// <summary>The kinds of actor that keep a journal.</summary>
public enum ActorKind
{
    /// <summary>Definition, status, epochs, decisions. <see cref="ActorKey.Generation"/> and index are 0.</summary>
    Experiment = 1,

    /// <summary>One share of an experiment's participants; the index is the shard's number.</summary>
    Shard = 2,

    /// <summary>One timestep's observations; the index is its number.</summary>
    Timestep = 3,

    /// <summary>Daily totals of metrics; the name is empty, the index is the slice's number.</summary>
    Metrics = 4,
}

/// <summary>Names one actor for its whole life. <c>default</c> names none.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The experiment's id, or empty.</param>
/// <param name="Generation">The experiment's generation it belongs to.</param>
/// <param name="Index">Which one of its kind.</param>
public readonly record struct ActorKey(ActorKind Kind, string Name, long Generation, int Index)
{
    /// <summary>The actor in words, for logs and messages.</summary>
    public override string ToString() => Kind switch
    {
        ActorKind.Experiment => $"experiment \"{Name}\"",
        ActorKind.Shard => $"shard {Index} of experiment \"{Name}\" (generation {Generation})",
        ActorKind.Timestep => $"timestep {Index} of experiment \"{Name}\" (generation {Generation})",
        ActorKind.Metrics => "the daily totals",
        _ => $"actor {Name}/{Generation}/{Index} of unknown kind {(int)Kind}",
    };
}

/// <summary>The store cannot be written or read now; what was being written may or may not be there.</summary>
public sealed class JournalUnavailableException : Exception
{
    /// <summary>Creates it with a stable code (such as <c>storage-full</c>) and what to do.</summary>
    public JournalUnavailableException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A stable code: <c>storage-full</c>, <c>storage-unavailable</c>, <c>storage-closed</c>, <c>storage-unreadable</c>, <c>fenced</c>.</summary>
    public string Code { get; }
}

/// <summary>A stored row is not what was written: the actor it belongs to must not serve; all others may.</summary>
public sealed class JournalDamagedException : Exception
{
    /// <summary>Creates it for one actor.</summary>
    public JournalDamagedException(ActorKey actor, string message, Exception? inner = null)
        : base(message, inner) => Actor = actor;

    /// <summary>Whose rows are damaged.</summary>
    public ActorKey Actor { get; }
}
