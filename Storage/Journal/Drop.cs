using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>Forgets actors, some at a time, then has their rows swept.</summary>
internal sealed class Drop(IReadOnlyList<StoredActor> actors) : Job
{
    private const int ActorsAStep = 500;

    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int forgotten;
    private int unswept;

    /// <summary>Completes when no row of them is left.</summary>
    public Task Task => done.Task;

    public override bool Step(JournalTables tables, ICollection<Sweep> sweeps)
    {
        var step = actors.Skip(forgotten).Take(ActorsAStep).ToList();
        var left = new List<Sweep>();
        tables.Begin(durable: true);
        foreach (var actor in step.Where(actor => actor.Id != 0))
        {
            tables.RemoveActor(actor.Id);
            left.Add(tables.AddSweep(RowId.AllEntries(actor.Id)).For(this));
            if (actor.Snapshot != 0)
            {
                left.Add(tables.AddSweep(RowId.AllParts(actor.Snapshot)).For(this));
            }
        }

        tables.Commit();
        forgotten += step.Count;
        unswept += left.Count;
        foreach (var sweep in left)
        {
            sweeps.Add(sweep);
        }

        CompleteIfDone();
        return forgotten == actors.Count;
    }

    public override void Fail(JournalUnavailableException failure)
    {
        done.TrySetException(failure);
        _ = done.Task.Exception; // Nobody has to await it.
    }

    /// <summary>One of its sweeps is through.</summary>
    public void Swept()
    {
        unswept--;
        CompleteIfDone();
    }

    private void CompleteIfDone()
    {
        if (unswept == 0 && forgotten == actors.Count)
        {
            done.TrySetResult();
        }
    }
}
