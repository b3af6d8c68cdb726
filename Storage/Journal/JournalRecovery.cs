using System.Collections.Concurrent;
using Bandstand.Ports;
using Bandstand.Storage.Sqlite;

namespace Bandstand.Storage.Journal;

/// <summary>Lets several actors recover at once, each over a connection of its own that only reads. Thread-safe.</summary>
internal sealed class JournalRecovery(string path, string folder) : IDisposable
{
    private static readonly int AtOnce = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly ConcurrentBag<JournalReader> idle = [];
    private volatile bool closed;

    /// <summary>Replays what the file holds of one actor.</summary>
    public async ValueTask<RecoveredState> Recover(ActorJournal actor, IJournalReplay replay, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return closed ? throw Failures.Closed() : Read(actor, replay);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Waits for recoveries under way and refuses further ones.</summary>
    public void Dispose()
    {
        closed = true;
        for (var i = 0; i < AtOnce; i++)
        {
            places.Wait();
        }

        foreach (var reader in idle)
        {
            reader.Dispose();
        }

        idle.Clear();
        places.Release(AtOnce); // Who still comes finds it closed.
    }

    private RecoveredState Read(ActorJournal actor, IJournalReplay replay)
    {
        if (actor.Stored.Damage is { } damage)
        {
            throw Failures.Damaged(actor.Key, damage);
        }

        replay = new StoredReplay(replay, actor.Key, path);
        replay.Begin();
        var state = default(RecoveredState);
        if (actor.Stored.Id != 0)
        {
            state = ReadRows(actor, replay);
        }

        replay.End();
        return state;
    }

    private RecoveredState ReadRows(ActorJournal actor, IJournalReplay replay)
    {
        JournalReader? reader = null;
        try
        {
            if (!idle.TryTake(out reader))
            {
                reader = new JournalReader(path);
            }

            var state = reader.Read(actor.Key, actor.Stored, replay);
            idle.Add(reader);
            reader = null;
            return state;
        }
        catch (SqliteFailure failure) when (failure.IsDamage)
        {
            throw Failures.Damaged(actor.Key, "the pages it lies on are not what was written", failure);
        }
        catch (SqliteFailure failure)
        {
            throw Failures.Reading(failure, folder);
        }
        finally
        {
            reader?.Dispose(); // One that failed is not used again.
        }
    }
}
