using Bandstand.Ports;

namespace Bandstand.Grains.Journal;

/// <summary>
/// One ownership of a journal, from its claim to its first failure. Writes what is enqueued: one group at a time, and beside
/// the groups the records of at most one snapshot.
/// </summary>
/// <remarks>
/// Thread-safe. It never touches anything of a later session: a write of it that lands late is refused by its ETag.
/// </remarks>
#pragma warning disable CA1001 // A source without a timer and without a link holds nothing to dispose of.
internal sealed partial class JournalSession(ClaimedJournal claimed, JournalOptions options, long replayedBytes)
#pragma warning restore CA1001
{
    private readonly Lock gate = new();
    private readonly LinkedList<JournalWork> queue = new();
    private readonly CancellationTokenSource stopped = new();
    private readonly JournalRecords records = claimed.Records;
    private JournalUnavailableException? failure;
    private JournalHead head = claimed.Head;
    private JournalSlot last = claimed.Chain[^1];
    private long entryBytes = replayedBytes;
    private bool writing;
    private Task writer = Task.CompletedTask;
    private Task snapshot = Task.CompletedTask;

    public long Claim => claimed.Head.Claim;

    public bool HasFailed => Volatile.Read(ref failure) is not null;

    /// <summary>Bytes of entries since the last snapshot, both counted from when they were enqueued.</summary>
    public long EntryBytes
    {
        get
        {
            lock (gate)
            {
                return entryBytes;
            }
        }
    }

    /// <summary>True when so much was appended that the owner should take a snapshot now.</summary>
    public bool SnapshotDue
    {
        get
        {
            lock (gate)
            {
                return snapshot.IsCompleted && !queue.Any(work => work is SnapshotWork)
                    && (entryBytes >= Math.Max(options.SnapshotAfterBytes, head.Snapshot?.Bytes ?? 0)
                        || last.Sequence - head.FirstSequence >= head.RingSlots / 2);
            }
        }
    }

    public Task Append(ReadOnlySpan<byte> entry)
    {
        if (entry.Length is 0 || entry.Length > LargestEntry)
        {
            throw new ArgumentOutOfRangeException(nameof(entry), entry.Length, $"An entry has 1 to {LargestEntry} bytes.");
        }

        EntryGroup? group;
        lock (gate)
        {
            if (failure is not null)
            {
                return Task.FromException(failure);
            }

            group = queue.Last?.Value as EntryGroup;
            if (group is null || group.IsFull)
            {
                queue.AddLast(group = new EntryGroup());
            }

            group.Add(entry);
            entryBytes += entry.Length;
        }

        Wake();
        return group.Task;
    }

    public Task Snapshot(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        SnapshotWork work;
        lock (gate)
        {
            if (failure is not null)
            {
                return Task.FromException(failure);
            }

            queue.AddLast(work = new SnapshotWork(parts));
            entryBytes = 0;
        }

        Wake();
        return work.Task;
    }

    /// <summary>Finishes what was enqueued, unless a write fails, and waits until nothing is under way any more.</summary>
    public async Task Close()
    {
        await writer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopped.Cancel();
        await snapshot.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The ring's room for one group when a snapshot was just taken, less what lengths take.</summary>
    private int LargestEntry => (head.RingSlots - 2) * (head.SlotBytes - JournalSlot.HeaderBytes - JournalSlot.ChunkHeaderBytes) - GroupReplay.EntryHeaderBytes;

    // Called by the owner, one call after another, so nobody else starts a writer at the same time.
    private void Wake()
    {
        lock (gate)
        {
            if (writing)
            {
                return;
            }

            writing = true;
        }

        writer = WriteAll();
    }

    private void Fail(JournalUnavailableException why)
    {
        lock (gate)
        {
            failure ??= why;
            foreach (var work in queue)
            {
                work.Fail(failure);
            }

            queue.Clear();
        }

        stopped.Cancel();
    }
}
