using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>The journal of one actor. Its owner's calls come one after another; the writer comes at any time.</summary>
internal sealed class ActorJournal : IJournal
{
    private const int LargestPart = 1 << 20;
    private const int LargestEntry = 256 << 20;

    private readonly Lock gate = new();
    private readonly GroupQueue queue;
    private readonly JournalRecovery recovery;
    private PendingRow? open;
    private Task lastGroup = Task.CompletedTask;
    private Task lastSnapshot = Task.CompletedTask;
    private long nextSequence = 1;
    private bool recovered;
    private volatile bool dropped;
    private volatile Task? refusal;

    public ActorJournal(ActorKey key, GroupQueue queue, JournalRecovery recovery, StoredActor stored)
    {
        Key = key;
        Stored = stored;
        recovered = stored.Id == 0 && stored.Damage is null;
        this.queue = queue;
        this.recovery = recovery;
    }

    public ActorKey Key { get; }

    /// <summary>What the file holds of this actor. Only the writer changes it.</summary>
    public StoredActor Stored { get; }

    /// <summary>What every append answers after a failure, until the owner recovers.</summary>
    public Task? Refusal
    {
        get => refusal;
        set => refusal = value;
    }

    /// <inheritdoc/>
    public long BytesSinceSnapshot { get; private set; }

    /// <inheritdoc/>
    public async ValueTask Recover(IJournalReplay replay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replay);

        // What is still being written is part of what is read. How it went does not matter: reading tells.
        await ((Task)Task.WhenAll(lastGroup, lastSnapshot)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (dropped)
            {
                throw Failures.Fenced(Key);
            }

            recovered = false;
            open = null;
        }

        var state = await recovery.Recover(this, replay, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            nextSequence = state.Head + 1;
            BytesSinceSnapshot = state.Bytes;
            recovered = true;
            refusal = null;
        }
    }

    /// <inheritdoc/>
    public Task Append(ReadOnlySpan<byte> entry)
    {
        if (entry.IsEmpty || entry.Length > LargestEntry)
        {
            throw new ArgumentOutOfRangeException(nameof(entry), entry.Length, "An entry has 1 byte to 256 MB.");
        }

        lock (gate)
        {
            if (Refused() is { } refused)
            {
                return refused;
            }

            if (open is not { HasRoom: true } || !queue.IsOpen(open.Group))
            {
                (open, refused) = queue.Join(this, nextSequence);
                if (refused is not null)
                {
                    return refused;
                }

                nextSequence++;
            }

            open!.Add(entry);
            BytesSinceSnapshot += entry.Length;
            return lastGroup = open.Group.Task;
        }
    }

    /// <inheritdoc/>
    public Task Snapshot(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts.Count, RowId.MaxParts, nameof(parts));
        foreach (var part in parts)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(part.Length, LargestPart, nameof(parts));
        }

        lock (gate)
        {
            if (Refused() is { } refused)
            {
                return refused;
            }

            var job = new SnapshotJob(this, parts, nextSequence);
            refused = queue.Enqueue(job, this);
            if (refused is not null)
            {
                return refused;
            }

            open = null; // What follows is not part of the snapshot and needs a row of its own.
            BytesSinceSnapshot = 0;
            return lastSnapshot = job.Task;
        }
    }

    /// <summary>Waits until nobody fills a row of a group that was closed, and lets go of it. For the writer.</summary>
    public void Seal(PendingRow row)
    {
        lock (gate)
        {
            if (ReferenceEquals(open, row))
            {
                open = null;
            }
        }
    }

    /// <summary>Takes nothing further: the actor is being deleted.</summary>
    public void Drop()
    {
        lock (gate)
        {
            dropped = true;
        }
    }

    private Task? Refused()
    {
        if (dropped)
        {
            return Failures.Refusal(Failures.Fenced(Key));
        }

        if (refusal is { } refused)
        {
            return refused;
        }

        if (!recovered)
        {
            throw new InvalidOperationException($"The journal of {Key} has entries: call Recover before Append or Snapshot.");
        }

        return null;
    }
}
