using Bandstand.Grains.Journal;
using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>
/// Keeps one actor's state and its journal in step: appends in turn order, hands out the task of the last group, cuts the
/// log with snapshots, and reloads the state after a write whose fate is unknown.
/// </summary>
/// <remarks>Call it in the grain's turns. While it is not ready the state must be neither read nor changed.</remarks>
internal sealed class JournaledState(GrainStorageJournal journal, IJournalReplay state, Func<IReadOnlyList<ReadOnlyMemory<byte>>> snapshot)
{
    private Task? loading;

    /// <summary>True when the state is loaded and nothing failed since.</summary>
    public bool IsReady => loading is null && journal.IsReady;

    /// <summary>The task of the last append: what an answer that rests on the present state must wait for.</summary>
    public Task Durable { get; private set; } = Task.CompletedTask;

    /// <summary>Loads the state when it is not known: at first and after a failed write.</summary>
    /// <exception cref="JournalUnavailableException">It cannot be loaded now.</exception>
    /// <exception cref="JournalDamagedException">It must not be loaded.</exception>
    public Task Load()
    {
        if (IsReady || loading is not null)
        {
            return loading ?? Task.CompletedTask;
        }

        var recovery = Recover();
        loading = recovery.IsCompleted ? null : recovery;
        return recovery;
    }

    /// <summary>Appends an entry and answers the task of its group.</summary>
    public Task Append(ReadOnlySpan<byte> entry)
    {
        Durable = journal.Append(entry);
        SnapshotIfDue();
        return Durable;
    }

    /// <summary>Ends the actor for ever.</summary>
    public Task Drop() => journal.Drop();

    private async Task Recover()
    {
        try
        {
            await journal.Recover(state);
            Durable = Task.CompletedTask;
        }
        finally
        {
            loading = null;
        }

        SnapshotIfDue();
    }

    private void SnapshotIfDue()
    {
        if (journal.SnapshotDue)
        {
            // Entries do not wait for it; when it fails, so does the journal, and the state is loaded again.
            _ = journal.Snapshot(snapshot());
        }
    }
}
