using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>
/// Everything that was appended while the group before was being written: one transaction, one task.
/// Filled under the lock of the <see cref="GroupQueue"/>.
/// </summary>
/// <param name="rows">How many rows to expect.</param>
internal sealed class Group(int rows)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The rows to write, in the order in which their actors came.</summary>
    public List<PendingRow> Rows { get; } = new(rows);

    /// <summary>What begins once the rows are durable.</summary>
    public List<Job> Jobs { get; } = [];

    /// <summary>Whose rows and jobs these are.</summary>
    public IEnumerable<ActorJournal> Actors => Rows.Select(row => row.Actor).Concat(Jobs.Select(job => job.Actor).OfType<ActorJournal>());

    public bool IsEmpty => Rows.Count == 0 && Jobs.Count == 0;

    /// <summary>Completes when the rows survive power loss.</summary>
    public Task Task => done.Task;

    public void Complete() => done.SetResult();

    public void Fail(JournalUnavailableException failure)
    {
        done.SetException(failure);
        _ = done.Task.Exception; // Nobody has to await a group.
    }
}
