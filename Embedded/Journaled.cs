using Bandstand.Ports;

namespace Bandstand.Embedded;

/// <summary>
/// Keeps one actor's state and its journal in step: appends in turn order, hands out the task of the last group, cuts the
/// log with snapshots, and reloads the state after a write whose fate is unknown.
/// </summary>
/// <remarks>Not thread-safe: call it in the actor's turn (under its lock).</remarks>
internal sealed class Journaled(IJournal journal, IJournalReplay state, Func<IReadOnlyList<ReadOnlyMemory<byte>>> snapshot, long snapshotBytes)
{
    private Task last = Task.CompletedTask;
    private long snapshotSize;
    private bool loaded;

    /// <summary>The task of the last append: what an answer that rests on the present state must wait for.</summary>
    public Task Durable => last;

    /// <summary>Loads the state when it is not known: at first and after a failed write.</summary>
    /// <exception cref="JournalDamagedException">The actor must not serve.</exception>
    /// <exception cref="JournalUnavailableException">The store cannot be read now.</exception>
    public void EnsureLoaded()
    {
        if (loaded && !last.IsFaulted)
        {
            return;
        }

        loaded = false;
        var recovery = journal.Recover(state);
        if (!recovery.IsCompleted)
        {
            // Embedded journals recover on the calling thread; waiting here is for those that do not.
            recovery.AsTask().GetAwaiter().GetResult();
        }
        else
        {
            recovery.GetAwaiter().GetResult();
        }

        last = Task.CompletedTask;
        loaded = true;
    }

    /// <summary>Appends an entry and answers the task of its group.</summary>
    public Task Append(ReadOnlySpan<byte> entry)
    {
        last = journal.Append(entry);
        if (journal.BytesSinceSnapshot > Math.Max(snapshotBytes, snapshotSize))
        {
            var parts = snapshot();
            snapshotSize = parts.Sum(part => (long)part.Length);
            last = journal.Snapshot(parts);
        }

        return last;
    }
}
