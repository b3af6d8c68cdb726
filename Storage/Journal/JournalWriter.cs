using Bandstand.Ports;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>
/// The one thread that writes: takes the open group, writes it as one transaction, completes it, and uses the moment
/// between two groups for one step of maintenance.
/// </summary>
internal sealed class JournalWriter
{
    private readonly GroupQueue queue;
    private readonly JournalTables tables;
    private readonly Maintenance maintenance;
    private readonly WriteAheadLog log;
    private readonly string folder;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalWriter(GroupQueue queue, JournalTables tables, Maintenance maintenance, WriteAheadLog log, string folder)
    {
        (this.queue, this.tables, this.maintenance, this.log, this.folder) = (queue, tables, maintenance, log, folder);
        new Thread(Run) { IsBackground = true, Name = "Bandstand journal writer" }.Start();
    }

    /// <summary>Completes when the queue is closed and everything taken is written.</summary>
    public Task Stopped => stopped.Task;

    private void Run()
    {
        while (queue.Take(maintenance.Idle, out var group))
        {
            if (group is not null)
            {
                Write(group);
            }

            if (maintenance.Step() is { } failed)
            {
                Fail(failed.Job, failed.Cause);
            }

            log.MoveIfDue();
        }

        maintenance.Finish();
        stopped.SetResult();
    }

    private void Write(Group group)
    {
        foreach (var row in group.Rows)
        {
            row.Actor.Seal(row);
        }

        PendingRow? writing = null;
        try
        {
            if (group.Rows.Count > 0)
            {
                tables.Begin(durable: true);
                foreach (var row in group.Rows)
                {
                    writing = row;
                    tables.AddEntries(row.Actor, row.Sequence, row.Bytes);
                }

                writing = null;
                tables.Commit();
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, the waiters are told and the writer goes on.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            tables.Rollback(cause);
            Stop(writing?.Actor, cause);
            Fail(group, cause);
            return;
        }

        group.Complete();
        maintenance.Add(group.Jobs);
        queue.Recycle(group.Rows);
    }

    private void Fail(Group failed, Exception cause)
    {
        var (failure, refusal) = Told(cause);
        var next = queue.Fail(failed, refusal);
        Abandon(failed, failure);
        Abandon(next, failure);
    }

    private void Fail(SnapshotJob failed, Exception cause)
    {
        Stop(failed.Actor, cause);
        var (failure, refusal) = Told(cause);
        if (queue.Fail(failed.Actor, refusal) is { } next)
        {
            Abandon(next, failure);
        }

        failed.Fail(failure);
    }

    /// <summary>Fails the group and what its actors wanted done after it; what the store itself has to do remains.</summary>
    private void Abandon(Group group, JournalUnavailableException failure)
    {
        foreach (var row in group.Rows)
        {
            row.Actor.Seal(row);
        }

        foreach (var job in group.Jobs.Where(job => job.Actor is not null))
        {
            job.Fail(failure);
        }

        maintenance.Add(group.Jobs.Where(job => job.Actor is null));
        queue.Recycle(group.Rows);
        group.Fail(failure);
    }

    /// <summary>An actor that cannot be written for damage must not try again, failing everybody's groups with its own.</summary>
    private static void Stop(ActorJournal? actor, Exception cause)
    {
        if (cause is SqliteFailure { IsDamage: true })
        {
            actor?.Stored.Damage = "the pages its next rows belong on are not what was written";
        }
    }

    private (JournalUnavailableException Failure, Task Refusal) Told(Exception cause)
    {
        var failure = Failures.Writing(cause, folder);
        return (failure, Failures.Refusal(failure));
    }
}
