using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>The jobs between groups: those that somebody waits for first, then the sweeps. Used by the writer's thread.</summary>
internal sealed class Maintenance(JournalTables tables, string folder, IReadOnlyList<Job> unfinished)
{
    private const int PauseMilliseconds = 1_000;

    private readonly Queue<Job> jobs = new(unfinished.Where(job => job is not Sweep));
    private readonly Queue<Sweep> sweeps = new(unfinished.OfType<Sweep>());
    private readonly List<Sweep> left = [];
    private long pausedSince;
    private bool paused;
    private bool sweepsTurn;

    /// <summary>How long the writer may sleep when there is no group: 0, for ever (-1), or until a failed job is tried again.</summary>
    public int Idle => jobs.Count + sweeps.Count == 0 ? -1
        : paused ? (int)Math.Max(0, PauseMilliseconds - (Environment.TickCount64 - pausedSince))
        : 0;

    /// <summary>Takes further jobs.</summary>
    public void Add(IEnumerable<Job> further)
    {
        foreach (var job in further)
        {
            jobs.Enqueue(job);
        }
    }

    /// <summary>Does one step of one job, if any is due.</summary>
    /// <returns>The snapshot that failed and why, or null.</returns>
    public (SnapshotJob Job, Exception Cause)? Step()
    {
        if (Idle != 0)
        {
            return null;
        }

        // In turns, so that neither a long deletion holds up a snapshot nor many snapshots let the file grow.
        paused = false;
        sweepsTurn = sweeps.Count > 0 && (jobs.Count == 0 || !sweepsTurn);
        return Step(sweepsTurn ? sweeps.Peek() : jobs.Peek());
    }

    /// <summary>Finishes what somebody waits for, leaving the sweeps to the next start.</summary>
    public void Finish()
    {
        while (jobs.TryPeek(out var job) && !paused)
        {
            if (Step(job) is { } failed)
            {
                failed.Job.Fail(Failures.Closed());
            }
        }

        foreach (var job in jobs.Concat(sweeps))
        {
            job.Fail(Failures.Closed());
        }
    }

    private (SnapshotJob Job, Exception Cause)? Step(Job job)
    {
        try
        {
            if (job.Step(tables, left))
            {
                Remove(job);
            }

            foreach (var sweep in left)
            {
                sweeps.Enqueue(sweep);
            }

            return null;
        }
#pragma warning disable CA1031 // Whatever went wrong, the writer goes on and whoever waits is told.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            tables.Rollback(cause);
            return Failed(job, cause);
        }
        finally
        {
            left.Clear();
        }
    }

    private (SnapshotJob Job, Exception Cause)? Failed(Job job, Exception cause)
    {
        if (job is SnapshotJob snapshot)
        {
            Remove(job);
            if (snapshot.Leftover is { } sweep)
            {
                sweeps.Enqueue(sweep);
            }

            return (snapshot, cause);
        }

        if (cause is SqliteFailure { IsDamage: true })
        {
            // Nobody reads those rows; their note stays for a start on a mended file.
            Remove(job);
            job.Fail(Failures.Writing(cause, folder));
        }
        else
        {
            (paused, pausedSince) = (true, Environment.TickCount64);
        }

        return null;
    }

    private void Remove(Job job)
    {
        if (job is Sweep)
        {
            sweeps.Dequeue();
        }
        else
        {
            jobs.Dequeue();
        }
    }
}
