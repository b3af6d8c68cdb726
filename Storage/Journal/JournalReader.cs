using Bandstand.Ports;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>What was read back of an actor.</summary>
/// <param name="Head">The number of its last row of entries.</param>
/// <param name="Bytes">Bytes of the entries after the snapshot.</param>
internal readonly record struct RecoveredState(long Head, long Bytes);

/// <summary>Reads one actor back, in one view of the file, and checks every row. Used by one thread at a time.</summary>
internal sealed class JournalReader : IDisposable
{
    private readonly Database database;
    private readonly Statement actorRow;
    private readonly Statement snapshotRow;
    private readonly Statement partRows;
    private readonly Statement entryRows;

    public JournalReader(string path)
    {
        database = Database.Open(path, create: false);
        try
        {
            database.Execute("PRAGMA query_only=ON; PRAGMA cell_size_check=ON");
            actorRow = database.Prepare("SELECT head, snapshot, checksum FROM actors WHERE id=?1");
            snapshotRow = database.Prepare("SELECT id, parts, cut, checksum FROM snapshots WHERE actor=?1");
            partRows = database.Prepare("SELECT id, checksum, bytes FROM parts WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
            entryRows = database.Prepare("SELECT id, checksum, bytes FROM entries WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Feeds the snapshot's parts and the entries after it.</summary>
    /// <exception cref="JournalDamagedException">A row is missing or is not what was written.</exception>
    /// <exception cref="SqliteFailure">SQLite cannot read, or found its own pages damaged.</exception>
    public RecoveredState Read(ActorKey key, StoredActor stored, IJournalReplay replay)
    {
        database.Execute("BEGIN");
        try
        {
            var (head, snapshot) = ReadActor(key, stored);
            var cut = snapshot == 0 ? 1 : ReadSnapshot(key, stored, snapshot, replay);
            return new RecoveredState(head, ReadEntries(key, stored, cut, head, replay));
        }
        finally
        {
            actorRow.Reset();
            snapshotRow.Reset();
            partRows.Reset();
            entryRows.Reset();
            database.Rollback();
            database.Execute("PRAGMA shrink_memory"); // The next recovery sees what is on the disk, not what was.
        }
    }

    public void Dispose() => database.Dispose();

    private (long Head, long Snapshot) ReadActor(ActorKey key, StoredActor stored)
    {
        if (!actorRow.Bind(1, stored.Id).Step())
        {
            throw Failures.Damaged(key, "its row in the table of actors is missing");
        }

        var (head, snapshot) = (actorRow.Long(0), actorRow.Long(1));
        return Checksum.OfRow(stored.Seed, RowKind.Actor, head, snapshot) == actorRow.Long(2)
            ? (head, snapshot)
            : throw Failures.Damaged(key, "its row in the table of actors fails its checksum");
    }

    private long ReadSnapshot(ActorKey key, StoredActor stored, long snapshot, IJournalReplay replay)
    {
        if (!snapshotRow.Bind(1, stored.Id).Step() || snapshotRow.Long(0) != snapshot)
        {
            throw Failures.Damaged(key, "its snapshot is missing");
        }

        var (parts, cut) = (snapshotRow.Long(1), snapshotRow.Long(2));
        if (Checksum.OfRow(stored.Seed, RowKind.Snapshot, snapshot, parts, cut) != snapshotRow.Long(3))
        {
            throw Failures.Damaged(key, "its snapshot fails its checksum");
        }

        var range = RowId.AllParts(snapshot);
        partRows.Bind(1, range.From).Bind(2, range.To);
        for (var i = 0; i < parts; i++)
        {
            var id = RowId.OfPart(snapshot, i);
            if (!partRows.Step() || partRows.Long(0) != id)
            {
                throw Failures.Damaged(key, $"part {i + 1} of {parts} of its snapshot is missing");
            }

            var bytes = partRows.Blob(2);
            if (Checksum.OfRow(stored.Seed, RowKind.Part, id, bytes) != partRows.Long(1))
            {
                throw Failures.Damaged(key, $"part {i + 1} of {parts} of its snapshot fails its checksum");
            }

            replay.SnapshotPart(bytes);
        }

        return cut;
    }

    private long ReadEntries(ActorKey key, StoredActor stored, long cut, long head, IJournalReplay replay)
    {
        var total = 0L;
        var range = RowId.Entries(stored.Id, cut, RowId.MaxSequence);
        entryRows.Bind(1, range.From).Bind(2, range.To);
        for (var sequence = cut; sequence <= head; sequence++)
        {
            if (!entryRows.Step() || entryRows.Long(0) != RowId.OfEntries(stored.Id, sequence))
            {
                throw Failures.Damaged(key, $"row {sequence} of its entries is missing");
            }

            var bytes = entryRows.Blob(2);
            if (Checksum.OfRow(stored.Seed, RowKind.Entries, sequence, bytes) != entryRows.Long(1))
            {
                throw Failures.Damaged(key, $"row {sequence} of its entries fails its checksum");
            }

            while (!bytes.IsEmpty)
            {
                if (!EntryCodec.TryTake(ref bytes, out var entry))
                {
                    throw Failures.Damaged(key, $"row {sequence} of its entries does not hold whole entries");
                }

                total += entry.Length;
                replay.Entry(entry);
            }
        }

        if (IsAnotherRow())
        {
            throw Failures.Damaged(key, $"there are rows of entries after {head}, the last it knows of");
        }

        return total;
    }

    /// <summary>True when rows follow. What lies on the next actor's pages is not this one's damage.</summary>
    private bool IsAnotherRow()
    {
        try
        {
            return entryRows.Step();
        }
        catch (SqliteFailure failure) when (failure.IsDamage)
        {
            return false;
        }
    }
}
