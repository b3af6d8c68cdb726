using Bandstand.Ports;
using Bandstand.Storage.Journal;
using Bandstand.Storage.Memory;

namespace Bandstand.Storage;

/// <summary>
/// Journals that live as long as the object: for runs that need no durability, and for tests of whoever keeps a journal.
/// It keeps every entry until a snapshot replaces it, so memory grows with what is appended.
/// </summary>
/// <remarks>
/// Thread-safe. Groups are as in a real store: while one is being committed everything goes into the next, and when one
/// fails so does the next, and their actors have to recover.
/// </remarks>
public sealed class InMemoryJournalStore : IJournalStore
{
    private readonly Lock gate = new();
    private readonly Func<Task>? commit;
    private readonly Dictionary<ActorKey, MemoryJournal> journals = [];
    private MemoryGroup current = new();
    private TaskCompletionSource? busy;
    private bool closed;

    /// <summary>Creates an empty store.</summary>
    /// <param name="commit">
    /// Stands for the disk: runs once for each group, which is durable when its task completes and fails when it fails.
    /// One is in flight at most. Null: everything is durable at once.
    /// </param>
    public InMemoryJournalStore(Func<Task>? commit = null) => this.commit = commit;

    /// <inheritdoc/>
    public IReadOnlyList<ActorKey> List()
    {
        lock (gate)
        {
            return [.. journals.Where(pair => pair.Value.HasRows).Select(pair => pair.Key)];
        }
    }

    /// <inheritdoc/>
    public IJournal Open(ActorKey key)
    {
        ArgumentNullException.ThrowIfNull(key.Name);
        lock (gate)
        {
            if (!journals.TryGetValue(key, out var journal))
            {
                journals[key] = journal = new MemoryJournal(this, key);
            }

            return journal;
        }
    }

    /// <inheritdoc/>
    public Task Drop(IReadOnlyList<ActorKey> keys)
    {
        lock (gate)
        {
            foreach (var key in keys)
            {
                if (journals.Remove(key, out var journal))
                {
                    journal.Drop();
                }
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// The store as the next process finds it when this one is killed now: with what was durable, and nothing else. This
    /// one is closed.
    /// </summary>
    public InMemoryJournalStore Restart()
    {
        lock (gate)
        {
            closed = true;
            var next = new InMemoryJournalStore(commit);
            foreach (var (key, journal) in journals.Where(pair => pair.Value.HasRows))
            {
                next.journals[key] = journal.CopyTo(next);
            }

            return next;
        }
    }

    /// <summary>Waits for what was appended; takes nothing further.</summary>
    public async ValueTask DisposeAsync()
    {
        Task written;
        lock (gate)
        {
            closed = true;
            written = busy?.Task ?? Task.CompletedTask;
        }

        await written.ConfigureAwait(false);
    }

    /// <summary>Puts an entry or a snapshot into the open group.</summary>
    internal Task Add(MemoryJournal journal, MemoryChange change)
    {
        Task group;
        bool first;
        lock (gate)
        {
            if (journal.Refusal is { } refusal)
            {
                return refusal;
            }

            if (closed)
            {
                return Failures.Refusal(Failures.Closed());
            }

            if (commit is null)
            {
                journal.Apply(change);
                return Task.CompletedTask;
            }

            current.Changes.Add((journal, change));
            group = current.Task;
            first = busy is null;
            busy ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (first)
        {
            _ = WriteGroups(commit);
        }

        return group;
    }

    private async Task WriteGroups(Func<Task> commit)
    {
        while (Take() is { } group)
        {
            try
            {
                await commit().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever the test's disk throws is how the group fails.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                Fail(group, cause);
                continue;
            }

            lock (gate)
            {
                foreach (var (journal, change) in group.Changes)
                {
                    journal.Apply(change);
                }
            }

            group.Complete();
        }
    }

    private MemoryGroup? Take()
    {
        lock (gate)
        {
            if (current.Changes.Count == 0)
            {
                busy!.SetResult();
                busy = null;
                return null;
            }

            var taken = current;
            current = new MemoryGroup();
            return taken;
        }
    }

    private void Fail(MemoryGroup failed, Exception cause)
    {
        var failure = cause as JournalUnavailableException
            ?? new JournalUnavailableException("storage-unavailable", $"The group was not written: {cause.Message}", cause);
        MemoryGroup next;
        lock (gate)
        {
            next = current;
            current = new MemoryGroup();
            foreach (var (journal, _) in failed.Changes.Concat(next.Changes))
            {
                journal.Refusal ??= Failures.Refusal(failure);
            }
        }

        failed.Fail(failure);
        next.Fail(failure);
    }
}
