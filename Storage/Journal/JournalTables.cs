using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>
/// The writer's transactions: what they may do to the tables, in the tables' own words. Used by the writer's thread.
/// </summary>
/// <remarks>
/// This is the only connection that writes or moves the log into the file. Two that do so at the same moment can corrupt a
/// file with SQLite 3.7.0 to 3.51.2 (sqlite.org/wal.html, "The WAL-Reset Bug").
/// </remarks>
internal sealed class JournalTables
{
    private readonly Database database;
    private readonly WriteAheadLog log;
    private readonly Action? beforeCommit;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement addActor;
    private readonly Statement moveHead;
    private readonly Statement addEntries;
    private readonly Statement addPart;
    private readonly Statement setSnapshot;
    private readonly Statement pointToSnapshot;
    private readonly Statement removeActor;
    private readonly Statement removeSnapshot;
    private readonly Statement addSweep;
    private readonly Statement removeSweep;
    private readonly RowDeletion entryDeletion;
    private readonly RowDeletion partDeletion;
    private readonly List<StoredActor> created = [];
    private readonly List<(StoredActor Actor, long Head)> moved = [];
    private long nextActor;
    private long nextSnapshot;
    private long nextSweep;
    private bool flushesCommits = true;

    public JournalTables(Database database, WriteAheadLog log, StoreContents contents, Action? beforeCommit)
    {
        this.database = database;
        this.log = log;
        this.beforeCommit = beforeCommit;
        (nextActor, nextSnapshot, nextSweep) = (contents.NextActor, contents.NextSnapshot, contents.NextSweep);
        begin = database.Prepare("BEGIN IMMEDIATE");
        commit = database.Prepare("COMMIT");
        addActor = database.Prepare("INSERT INTO actors (id, kind, name, generation, number, head, snapshot, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)");
        moveHead = database.Prepare("UPDATE actors SET head=?2, checksum=?3 WHERE id=?1");
        addEntries = database.Prepare("INSERT INTO entries (id, checksum, bytes) VALUES (?1, ?2, ?3)");
        addPart = database.Prepare("INSERT INTO parts (id, checksum, bytes) VALUES (?1, ?2, ?3)");
        setSnapshot = database.Prepare("INSERT OR REPLACE INTO snapshots (actor, id, parts, cut, checksum) VALUES (?1, ?2, ?3, ?4, ?5)");
        pointToSnapshot = database.Prepare("UPDATE actors SET snapshot=?2, checksum=?3 WHERE id=?1");
        removeActor = database.Prepare("DELETE FROM actors WHERE id=?1");
        removeSnapshot = database.Prepare("DELETE FROM snapshots WHERE actor=?1");
        addSweep = database.Prepare("INSERT INTO sweeps (id, place, first, last, checksum) VALUES (?1, ?2, ?3, ?4, ?5)");
        removeSweep = database.Prepare("DELETE FROM sweeps WHERE id=?1");
        entryDeletion = new RowDeletion(database, "entries");
        partDeletion = new RowDeletion(database, "parts");
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="durable">
    /// Whether its commit waits for the disk. One that does not is still atomic, comes before whatever is committed after
    /// it, and becomes durable with that.
    /// </param>
    public void Begin(bool durable)
    {
        log.Renew();
        if (durable != flushesCommits)
        {
            database.Execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            flushesCommits = durable;
        }

        begin.Run();
    }

    /// <summary>Commits; only then do the actors count as written.</summary>
    public void Commit()
    {
        beforeCommit?.Invoke();
        commit.Run();
        foreach (var (actor, head) in moved)
        {
            actor.Head = head;
        }

        moved.Clear();
        created.Clear();
    }

    /// <summary>Leaves the file and what is known of the actors as they were before <see cref="Begin"/>.</summary>
    public void Rollback(Exception cause)
    {
        log.Failed(cause);
        foreach (var actor in created)
        {
            actor.Id = 0;
        }

        moved.Clear();
        created.Clear();
        database.Rollback();
    }

    /// <summary>Writes one row of entries, which becomes the actor's last.</summary>
    public void AddEntries(ActorJournal actor, long sequence, ReadOnlySpan<byte> bytes)
    {
        var stored = actor.Stored;
        if (stored.Id == 0)
        {
            AddActor(actor, sequence);
        }
        else
        {
            var checksum = Checksum.OfRow(stored.Seed, RowKind.Actor, sequence, stored.Snapshot);
            moveHead.Bind(1, stored.Id).Bind(2, sequence).Bind(3, checksum).Run();
        }

        moved.Add((stored, sequence));
        addEntries.Bind(1, RowId.OfEntries(stored.Id, sequence))
            .Bind(2, Checksum.OfRow(stored.Seed, RowKind.Entries, sequence, bytes)).Bind(3, bytes).Run();
    }

    /// <summary>A number for a snapshot, whose parts are nobody's until <see cref="PublishSnapshot"/>.</summary>
    public long NewSnapshot() => nextSnapshot++;

    /// <summary>Writes one part of a snapshot.</summary>
    public void AddPart(ActorJournal actor, long snapshot, int part, ReadOnlySpan<byte> bytes)
    {
        if (actor.Stored.Id == 0)
        {
            AddActor(actor, 0);
        }

        var id = RowId.OfPart(snapshot, part);
        addPart.Bind(1, id).Bind(2, Checksum.OfRow(actor.Stored.Seed, RowKind.Part, id, bytes)).Bind(3, bytes).Run();
    }

    /// <summary>Makes a snapshot the one that is recovered, in place of the one before.</summary>
    public void PublishSnapshot(ActorJournal actor, long snapshot, int parts, long cut)
    {
        var stored = actor.Stored;
        if (stored.Id == 0)
        {
            AddActor(actor, 0);
        }

        setSnapshot.Bind(1, stored.Id).Bind(2, snapshot).Bind(3, parts).Bind(4, cut)
            .Bind(5, Checksum.OfRow(stored.Seed, RowKind.Snapshot, snapshot, parts, cut)).Run();
        pointToSnapshot.Bind(1, stored.Id).Bind(2, snapshot)
            .Bind(3, Checksum.OfRow(stored.Seed, RowKind.Actor, stored.Head, snapshot)).Run();
    }

    /// <summary>Forgets an actor. What lies under its number is left to sweeps.</summary>
    public void RemoveActor(long id)
    {
        removeActor.Bind(1, id).Run();
        removeSnapshot.Bind(1, id).Run();
    }

    /// <summary>Notes that these rows belong to nobody, so that they are deleted even after a restart.</summary>
    public Sweep AddSweep(RowRange range)
    {
        var id = nextSweep++;
        addSweep.Bind(1, id).Bind(2, (long)range.Table).Bind(3, range.From).Bind(4, range.To)
            .Bind(5, Checksum.OfSweep(id, range)).Run();
        return new Sweep(id, range);
    }

    /// <summary>Takes the note back.</summary>
    public void RemoveSweep(long id) => removeSweep.Bind(1, id).Run();

    /// <summary>Deletes as many of these rows as fit into one short transaction.</summary>
    /// <returns>True when none is left.</returns>
    public bool DeleteSome(RowRange range) =>
        (range.Table == RowTable.Entries ? entryDeletion : partDeletion).DeleteSome(range);

    private void AddActor(ActorJournal actor, long head)
    {
        var (key, stored) = (actor.Key, actor.Stored);
        if (nextActor > RowId.MaxActor)
        {
            throw new InvalidOperationException($"The store holds no more than {RowId.MaxActor} actors.");
        }

        created.Add(stored);
        stored.Id = nextActor++;
        stored.Seed = Checksum.OfActor(key, stored.Id);
        addActor.Bind(1, stored.Id).Bind(2, (long)key.Kind).Bind(3, key.Name).Bind(4, key.Generation).Bind(5, key.Index)
            .Bind(6, head).Bind(7, Checksum.OfRow(stored.Seed, RowKind.Actor, head, 0)).Run();
    }
}
