using Bandstand.Ports;

namespace Bandstand.Storage.Journal;

/// <summary>Deletes rows that belong to nobody any more. It is noted in the file, so a restart goes on with it.</summary>
internal sealed class Sweep(long id, RowRange range) : Job
{
    private Drop? owner;

    /// <summary>The number of its note.</summary>
    public long Id => id;

    /// <summary>The rows.</summary>
    public RowRange Range => range;

    /// <summary>Tells a drop when the rows are gone.</summary>
    public Sweep For(Drop drop)
    {
        owner = drop;
        return this;
    }

    public override bool Step(JournalTables tables, ICollection<Sweep> sweeps)
    {
        tables.Begin(durable: false);
        var done = tables.DeleteSome(range);
        if (done)
        {
            tables.RemoveSweep(id);
        }

        tables.Commit();
        if (done)
        {
            owner?.Swept();
        }

        return done;
    }

    public override void Fail(JournalUnavailableException failure) => owner?.Fail(failure);
}
