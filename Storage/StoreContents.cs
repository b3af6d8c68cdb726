using Bandstand.Ports;
using Bandstand.Storage.Journal;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage;

/// <summary>What a store knows of its file from the start: its actors, not their entries.</summary>
internal sealed class StoreContents
{
    /// <summary>The actors by key, among them those whose own row is damaged.</summary>
    public Dictionary<ActorKey, StoredActor> Actors { get; } = [];

    /// <summary>The rows of actors that are damaged.</summary>
    public DamagedActors Damaged { get; } = new();

    /// <summary>Deletions that the last run did not finish.</summary>
    public List<Job> Unfinished { get; } = [];

    public long NextActor { get; private set; } = 1;

    public long NextSnapshot { get; private set; } = 1;

    public long NextSweep { get; private set; } = 1;

    /// <summary>Reads it.</summary>
    public static StoreContents Read(Database database)
    {
        var contents = new StoreContents();
        contents.ReadActors(database);
        contents.ReadSnapshots(database);
        contents.ReadSweeps(database);
        return contents;
    }

    private void ReadActors(Database database)
    {
        var orphans = new List<StoredActor>();
        using var rows = database.Prepare("SELECT id, kind, name, generation, number, head, snapshot, checksum FROM actors ORDER BY id");
        while (rows.Step())
        {
            var id = rows.Long(0);
            var key = new ActorKey((ActorKind)rows.Long(1), rows.Text(2), rows.Long(3), unchecked((int)rows.Long(4)));
            var actor = new StoredActor { Id = id, Head = rows.Long(5), Snapshot = rows.Long(6), Seed = Checksum.OfActor(key, id) };
            NextActor = id < RowId.MaxActor ? id + 1 : NextActor; // No writer gives a larger one.
            if (Checksum.OfRow(actor.Seed, RowKind.Actor, actor.Head, actor.Snapshot) != rows.Long(7))
            {
                Damaged.Add(new DamagedActor(key, id, actor.Head, actor.Snapshot, rows.Long(7)));
                continue;
            }

            // Two of one key: the file was left between a drop that was under way and the next life of the actor.
            if (Actors.Remove(key, out var earlier))
            {
                orphans.Add(earlier);
            }

            Actors.Add(key, actor);
        }

        foreach (var key in Damaged.KeysAsRead)
        {
            Actors.TryAdd(key, DamagedActor.AsRead());
        }

        if (orphans.Count > 0)
        {
            Unfinished.Add(new Drop(orphans));
        }
    }

    private void ReadSnapshots(Database database)
    {
        var byId = Actors.Values.Where(actor => actor.Id != 0).ToDictionary(actor => actor.Id);
        using var rows = database.Prepare("SELECT actor, id, cut FROM snapshots");
        while (rows.Step())
        {
            NextSnapshot = rows.Long(1) < RowId.MaxSnapshot ? Math.Max(NextSnapshot, rows.Long(1) + 1) : NextSnapshot;
            if (byId.TryGetValue(rows.Long(0), out var actor) && rows.Long(1) == actor.Snapshot)
            {
                actor.Cut = rows.Long(2);
            }
        }
    }

    private void ReadSweeps(Database database)
    {
        using var rows = database.Prepare("SELECT id, place, first, last, checksum FROM sweeps ORDER BY id");
        while (rows.Step())
        {
            var range = new RowRange((RowTable)rows.Long(1), rows.Long(2), rows.Long(3));
            NextSweep = rows.Long(0) + 1;
            if (Checksum.OfSweep(rows.Long(0), range) != rows.Long(4))
            {
                continue; // It may name rows that are needed.
            }

            Unfinished.Add(new Sweep(rows.Long(0), range));

            // A number whose rows are still to be deleted must not be given again.
            if (range.Table == RowTable.Entries)
            {
                NextActor = Math.Max(NextActor, RowId.ActorOf(range.To) + 1);
            }
            else
            {
                NextSnapshot = Math.Max(NextSnapshot, RowId.SnapshotOf(range.To) + 1);
            }
        }
    }
}
