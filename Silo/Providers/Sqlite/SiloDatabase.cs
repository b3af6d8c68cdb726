using System.Collections.Concurrent;
using System.Threading.Channels;
using Bandstand.Storage.Journal;
using Bandstand.Storage.Sqlite;
using SQLitePCL;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>
/// This process's way to the file that the silos of one machine share: one thread that writes all that waits in one
/// transaction, and a few connections that read.
/// </summary>
/// <remarks>
/// Thread-safe. A write is done when it survives kill -9 and power loss. Everything that fails becomes a
/// <see cref="Ports.JournalUnavailableException"/>, so that callers learn what to do about it.
/// </remarks>
internal sealed class SiloDatabase : IDisposable
{
    private const int MostWritesAtOnce = 256;
    private const int CheckpointPages = 2048;

    // While another silo writes, waiting more finely than SQLite's own backing off keeps the silos' turns even.
    private const int BusyMilliseconds = 3;
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(5);

    private readonly string folder;
    private readonly Database database;
    private readonly Channel<Write> writes = Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentBag<SiloTables> readers = [];
    private readonly Thread thread;

    public SiloDatabase(string folder)
    {
        this.folder = folder;
        database = SiloFile.Open(folder);
        database.Execute($"PRAGMA wal_autocheckpoint={CheckpointPages}; PRAGMA busy_timeout={BusyMilliseconds}");
        thread = new Thread(WriteAll) { IsBackground = true, Name = "SQLite writer" };
        thread.Start();
    }

    /// <summary>Runs a change in the next transaction and answers when that is durable.</summary>
    /// <param name="change">Runs on the writer's thread; it must not throw but for what SQLite reports.</param>
    public Task<T> Change<T>(Func<SiloTables, T> change)
    {
        var write = new Write<T>(change);
        return writes.Writer.TryWrite(write) ? write.Task : Task.FromException<T>(Failures.Closed());
    }

    /// <summary>Runs a query of a single statement.</summary>
    public Task<T> Query<T>(Func<SiloTables, T> query) => Task.Run(() =>
    {
        SiloTables? tables = null;
        try
        {
            tables = readers.TryTake(out var free) ? free : new SiloTables(SiloFile.OpenAgain(folder));
            var answer = query(tables);
            readers.Add(tables);
            return answer;
        }
        catch (SqliteFailure e)
        {
            tables?.Dispose();
            throw Failures.Reading(e, folder);
        }
    });

    /// <summary>Writes what waits, then closes.</summary>
    public void Dispose()
    {
        writes.Writer.TryComplete();
        thread.Join();
        foreach (var reader in readers)
        {
            reader.Dispose();
        }
    }

    private void WriteAll()
    {
        using var tables = new SiloTables(database);
        var group = new List<Write>(MostWritesAtOnce);
        while (writes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (group.Count < MostWritesAtOnce && writes.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            Commit(tables, group);
            group.Clear();
        }
    }

    private void Commit(SiloTables tables, List<Write> group)
    {
        try
        {
            Begin();
            group.ForEach(write => write.Run(tables));
            database.Execute("COMMIT");
        }
#pragma warning disable CA1031 // Whatever went wrong: those who wait must learn it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            database.Rollback();
            var failure = Failures.Writing(e, folder);
            group.ForEach(write => write.Fail(failure));
            return;
        }

        group.ForEach(write => write.Complete());
    }

    private void Begin()
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                database.Execute("BEGIN IMMEDIATE");
                return;
            }
            catch (SqliteFailure e) when ((e.Code & 0xFF) == raw.SQLITE_BUSY && TimeProvider.System.GetElapsedTime(started) < GiveUpAfter)
            {
                // Another silo's transaction; it takes about one flush of the disk.
            }
        }
    }

    private abstract class Write
    {
        public abstract void Run(SiloTables tables);

        public abstract void Complete();

        public abstract void Fail(Exception why);
    }

    private sealed class Write<T>(Func<SiloTables, T> change) : Write
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T answer = default!;

        public Task<T> Task => done.Task;

        public override void Run(SiloTables tables) => answer = change(tables);

        public override void Complete() => done.SetResult(answer);

        public override void Fail(Exception why) => done.SetException(why);
    }
}
