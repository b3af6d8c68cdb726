using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>
/// Writes a snapshot part by part, then makes it the actor's own in one durable step. Until then its parts belong to
/// nobody: a note to sweep them is written with the first and taken back by the last.
/// </summary>
internal sealed class SnapshotJob(ActorJournal actor, IReadOnlyList<ReadOnlyMemory<byte>> parts, long cut) : Job
{
    private const int BytesAStep = 256 << 10;

    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long snapshot;
    private int written;
    private Sweep? unlessPublished;

    /// <summary>Completes when a recovery would find the snapshot.</summary>
    public Task Task => done.Task;

    public override ActorJournal Actor => actor;

    public override bool Step(JournalTables tables, ICollection<Sweep> sweeps)
    {
        if (snapshot == 0)
        {
            snapshot = tables.NewSnapshot();
        }

        var end = EndOfStep();
        if (end == parts.Count)
        {
            Publish(tables, sweeps);
            return true;
        }

        tables.Begin(durable: false);
        var note = unlessPublished ?? tables.AddSweep(RowId.AllParts(snapshot));
        AddParts(tables, end);
        tables.Commit();
        (unlessPublished, written) = (note, end);
        return false;
    }

    public override void Fail(JournalUnavailableException failure)
    {
        done.SetException(failure);
        _ = done.Task.Exception; // Nobody has to await a snapshot.
    }

    /// <summary>What is left to nobody when the snapshot failed.</summary>
    public Sweep? Leftover => unlessPublished;

    private void Publish(JournalTables tables, ICollection<Sweep> sweeps)
    {
        var stored = actor.Stored;
        var left = new List<Sweep>();
        tables.Begin(durable: true);
        AddParts(tables, parts.Count);
        tables.PublishSnapshot(actor, snapshot, parts.Count, cut);
        if (unlessPublished is not null)
        {
            tables.RemoveSweep(unlessPublished.Id);
        }

        if (cut > stored.Cut)
        {
            left.Add(tables.AddSweep(RowId.Entries(stored.Id, stored.Cut, cut - 1)));
        }

        if (stored.Snapshot != 0)
        {
            left.Add(tables.AddSweep(RowId.AllParts(stored.Snapshot)));
        }

        tables.Commit();
        (stored.Snapshot, stored.Cut) = (snapshot, cut);
        foreach (var sweep in left)
        {
            sweeps.Add(sweep);
        }

        done.SetResult();
    }

    private void AddParts(JournalTables tables, int end)
    {
        for (var i = written; i < end; i++)
        {
            tables.AddPart(actor, snapshot, i, parts[i].Span);
        }
    }

    private int EndOfStep()
    {
        var (end, bytes) = (written, 0);
        while (end < parts.Count && bytes < BytesAStep)
        {
            bytes += parts[end++].Length;
        }

        return end;
    }
}
