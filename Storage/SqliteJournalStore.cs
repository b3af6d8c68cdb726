using System.Collections.Concurrent;
using Bandstand.Ports;
using Bandstand.Storage.Journal;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage;

/// <summary>
/// The journals of one process in one SQLite file (<c>bandstand.db</c> in a folder of its own), in write-ahead mode with
/// synchronous=FULL: an acknowledged entry survives kill -9 and power loss.
/// </summary>
/// <remarks>
/// <para>Thread-safe; each journal belongs to its one owner as <see cref="IJournal"/> says. One thread writes: while it
/// commits one group, everything appended by any actor goes into the next, so the number of flushes does not depend on the
/// number of callers. Memory that waits to be written is bounded by what callers append without awaiting.</para>
/// <para>Every row carries a checksum over its actor, number, kind and bytes, and every actor knows its last row. What does
/// not agree is a <see cref="JournalDamagedException"/> of that actor; the others go on. Damage to a page is noticed by the
/// actors whose rows lie on it.</para>
/// <para>When writing fails (<c>storage-full</c>, <c>storage-unavailable</c>), the actors of that group and of the one that was
/// gathering have to recover; the store tries again with the next append.</para>
/// </remarks>
public sealed class SqliteJournalStore : IJournalStore
{
    private readonly FileStream folderLock;
    private readonly Database database;
    private readonly GroupQueue queue = new();
    private readonly JournalRecovery recovery;
    private readonly JournalWriter writer;
    private readonly ConcurrentDictionary<ActorKey, ActorJournal> journals = new();
    private readonly DamagedActors damaged;
    private int closing;

    private SqliteJournalStore(string folder, FileStream folderLock, Database database, SqliteStoreOptions options)
    {
        this.folderLock = folderLock;
        this.database = database;
        recovery = new JournalRecovery(StoreFile.PathIn(folder), folder);
        var contents = StoreContents.Read(database);
        damaged = contents.Damaged;
        foreach (var (key, stored) in contents.Actors)
        {
            journals[key] = new ActorJournal(key, queue, recovery, stored);
        }

        var log = new WriteAheadLog(database, options.CheckpointBytes);
        var tables = new JournalTables(database, log, contents, options.BeforeCommit);
        writer = new JournalWriter(queue, tables, new Maintenance(tables, folder, contents.Unfinished), log, folder);
    }

    /// <summary>Opens the store of a folder, or creates both.</summary>
    /// <param name="folder">A folder on a local disk, used by no other process.</param>
    /// <param name="options">Whose store it is, and its limits.</param>
    /// <exception cref="StorageException">It cannot be opened; nothing stored was changed.</exception>
    public static SqliteJournalStore Open(string folder, SqliteStoreOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options = options.Checked();
        folder = Path.GetFullPath(folder);
        FileStream? folderLock = null;
        Database? database = null;
        try
        {
            folderLock = Enter(folder);
            database = StoreFile.Open(folder, options);
            return new SqliteJournalStore(folder, folderLock, database, options);
        }
        catch (Exception cause)
        {
            database?.Dispose();
            folderLock?.Dispose();
            if (OpeningErrors.Translate(cause, folder) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ActorKey> List() =>
        [.. journals.Where(pair => pair.Value.Stored.HasRows).Select(pair => pair.Key)];

    /// <inheritdoc/>
    public IJournal Open(ActorKey key)
    {
        ArgumentNullException.ThrowIfNull(key.Name);
        return journals.GetOrAdd(key, static (key, store) => new ActorJournal(key, store.queue, store.recovery, store.damaged.Find(key)), this);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// From the call on they are listed no more, and a key that is opened again begins empty. Completes when no row is
    /// left, which a restart delays but does not prevent.
    /// </remarks>
    public Task Drop(IReadOnlyList<ActorKey> keys)
    {
        var dropped = new List<StoredActor>();
        foreach (var key in keys)
        {
            if (journals.TryRemove(key, out var journal))
            {
                journal.Drop();
                damaged.Forget(journal.Stored.Id);
                dropped.Add(journal.Stored);
            }
        }

        var job = new Drop(dropped);
        return queue.Enqueue(job, actor: null) ?? job.Task;
    }

    /// <summary>Writes what was appended, moves the log into the file and closes it. Deletions go on with the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closing, 1) == 1)
        {
            return;
        }

        queue.Close();
        await writer.Stopped.ConfigureAwait(false);
        recovery.Dispose();
        database.MoveLogWhenClosed();
        database.Dispose();
        await folderLock.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream Enter(string folder)
    {
        if (File.Exists(folder))
        {
            throw new StorageException("storage-not-a-folder", $"{folder} is a file. Name a folder, which is created when it does not exist.");
        }

        Directory.CreateDirectory(folder);
        return StoreLock.Acquire(folder);
    }
}
