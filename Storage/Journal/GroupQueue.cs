namespace Bandstand.Storage.Journal;

/// <summary>
/// Where appending threads and the writer meet: the group that is open now, and the pool of rows.
/// </summary>
/// <remarks>
/// <para>Thread-safe. An actor's lock may be held when this one is taken, never the reverse.</para>
/// <para>A failure marks every actor that takes part in it under this lock, and joining a group checks the mark under the
/// same lock, so nothing can be appended behind an entry that was lost.</para>
/// </remarks>
internal sealed class GroupQueue
{
    private const long MostBytesKept = 16 << 20;

    private readonly object gate = new();
    private readonly Stack<PendingRow> pool = new();
    private Group current = new(rows: 0);
    private long bytesKept;
    private bool writerWaits;
    private bool closed;

    /// <summary>True while rows of this group may still be filled.</summary>
    public bool IsOpen(Group group) => ReferenceEquals(Volatile.Read(ref current), group);

    /// <summary>Begins a row in the open group.</summary>
    /// <returns>The row, or the failed task that the actor has to answer.</returns>
    public (PendingRow? Row, Task? Refusal) Join(ActorJournal actor, long sequence)
    {
        lock (gate)
        {
            if (Refusal(actor) is { } refusal)
            {
                return (null, refusal);
            }

            PendingRow row;
            if (pool.TryPop(out var used))
            {
                bytesKept -= used.Capacity;
                row = used.Reuse(actor, current, sequence);
            }
            else
            {
                row = new PendingRow(actor, current, sequence);
            }

            current.Rows.Add(row);
            Wake();
            return (row, null);
        }
    }

    /// <summary>Has a job begin once everything appended so far is durable.</summary>
    /// <param name="job">What to do.</param>
    /// <param name="actor">On whose behalf, or null for the store's own.</param>
    /// <returns>The failed task to answer, or null when the job was taken.</returns>
    public Task? Enqueue(Job job, ActorJournal? actor)
    {
        lock (gate)
        {
            if (Refusal(actor) is { } refusal)
            {
                return refusal;
            }

            current.Jobs.Add(job);
            Wake();
            return null;
        }
    }

    /// <summary>Waits for something to do and closes the open group. For the writer.</summary>
    /// <param name="idle">How long to wait: not at all, for ever (-1) or in milliseconds.</param>
    /// <param name="group">The group to write, if there is one.</param>
    /// <returns>False once the queue is closed and empty.</returns>
    public bool Take(int idle, out Group? group)
    {
        lock (gate)
        {
            while (current.IsEmpty && !closed && idle != 0)
            {
                writerWaits = true;
                var woken = Monitor.Wait(gate, idle);
                writerWaits = false;
                if (!woken)
                {
                    break;
                }
            }

            group = current.IsEmpty ? null : Swap();
            return group is not null || !closed;
        }
    }

    /// <summary>
    /// Marks the actors of a failed group, and those of the open group too: an actor that is in both must not have the
    /// second written without the first, and all appends of a group share their fate.
    /// </summary>
    /// <returns>The group that was open, which fails as well.</returns>
    public Group Fail(Group failed, Task refusal)
    {
        lock (gate)
        {
            var next = Swap();
            foreach (var actor in failed.Actors.Concat(next.Actors))
            {
                actor.Refusal = refusal;
            }

            return next;
        }
    }

    /// <summary>Marks one actor, as <see cref="Fail(Group, Task)"/> does.</summary>
    /// <returns>The group that was open, when the actor takes part in it: it fails as well.</returns>
    public Group? Fail(ActorJournal actor, Task refusal)
    {
        lock (gate)
        {
            if (current.Actors.Contains(actor))
            {
                return Fail(current, refusal);
            }

            actor.Refusal = refusal;
            return null;
        }
    }

    /// <summary>Takes back rows that nobody fills or writes any more.</summary>
    public void Recycle(List<PendingRow> rows)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                if (bytesKept + row.Capacity <= MostBytesKept)
                {
                    bytesKept += row.Capacity;
                    pool.Push(row);
                }
            }
        }
    }

    /// <summary>Takes nothing further; what was taken is still written.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Wake();
        }
    }

    private Task? Refusal(ActorJournal? actor) =>
        actor?.Refusal ?? (closed ? Failures.Refusal(Failures.Closed()) : null);

    private Group Swap()
    {
        var taken = current;
        Volatile.Write(ref current, new Group(taken.Rows.Count));
        return taken;
    }

    private void Wake()
    {
        if (writerWaits)
        {
            Monitor.Pulse(gate);
        }
    }
}
