using Bandstand.Ports;
using Bandstand.Storage.Journal;

namespace Bandstand.Storage.Memory;

/// <summary>The journal of one actor in an <see cref="InMemoryJournalStore"/>, under whose lock its rows change.</summary>
internal sealed class MemoryJournal(InMemoryJournalStore store, ActorKey key) : IJournal
{
    private readonly List<byte[]> entries = [];
    private IReadOnlyList<ReadOnlyMemory<byte>>? parts;
    private Task last = Task.CompletedTask;
    private bool dropped;
    private bool recovered = true;
    private volatile Task? refusal;

    /// <summary>What every append answers after a failure, until the owner recovers.</summary>
    public Task? Refusal
    {
        get => refusal;
        set => refusal = value;
    }

    /// <summary>True once something is durable.</summary>
    public bool HasRows => parts is not null || entries.Count > 0;

    /// <inheritdoc/>
    public long BytesSinceSnapshot { get; private set; }

    /// <inheritdoc/>
    public async ValueTask Recover(IJournalReplay replay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replay);
        await last.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (dropped)
        {
            throw Failures.Fenced(key);
        }

        recovered = false;
        replay = new StoredReplay(replay, key, "memory");
        replay.Begin();
        foreach (var part in parts ?? [])
        {
            replay.SnapshotPart(part.Span);
        }

        foreach (var entry in entries)
        {
            replay.Entry(entry);
        }

        replay.End();
        BytesSinceSnapshot = entries.Sum(entry => (long)entry.Length);
        refusal = null;
        recovered = true;
    }

    /// <inheritdoc/>
    public Task Append(ReadOnlySpan<byte> entry)
    {
        ArgumentOutOfRangeException.ThrowIfZero(entry.Length, nameof(entry));
        return Add(new MemoryChange(entry.ToArray(), null), BytesSinceSnapshot + entry.Length);
    }

    /// <inheritdoc/>
    public Task Snapshot(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Add(new MemoryChange(null, parts), 0);
    }

    /// <summary>The change is durable.</summary>
    public void Apply(MemoryChange change)
    {
        if (change.Entry is { } entry)
        {
            entries.Add(entry);
        }
        else
        {
            entries.Clear();
            parts = change.Parts;
        }
    }

    /// <summary>Takes nothing further.</summary>
    public void Drop()
    {
        dropped = true;
        refusal = Failures.Refusal(Failures.Fenced(key));
    }

    /// <summary>The journal that the next process finds.</summary>
    public MemoryJournal CopyTo(InMemoryJournalStore next)
    {
        var copy = new MemoryJournal(next, key) { parts = parts, recovered = false };
        copy.entries.AddRange(entries);
        return copy;
    }

    private Task Add(MemoryChange change, long bytesAfter)
    {
        if (!recovered)
        {
            throw new InvalidOperationException($"The journal of {key} has entries: call Recover before Append or Snapshot.");
        }

        var group = store.Add(this, change);
        if (!group.IsFaulted)
        {
            last = group;
            BytesSinceSnapshot = bytesAfter;
        }

        return group;
    }
}
