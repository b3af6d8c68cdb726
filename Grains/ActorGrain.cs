using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>
/// What every grain does when its store fails: the log is told what the store said, callers what to do. The store's own words
/// may name machines and paths.
/// </summary>
internal abstract class ActorGrain(GrainOptions options) : Grain
{
    protected GrainOptions Options => options;

    /// <summary>What callers are told. An owner that was replaced gives up: the next call finds the newer one.</summary>
    /// <param name="failure">A <see cref="JournalUnavailableException"/> or a <see cref="JournalDamagedException"/>.</param>
    protected ActorFailedException Failed(Exception failure)
    {
        if (failure is JournalUnavailableException { Code: "fenced" or "dropped" })
        {
            DeactivateOnIdle(); // Nothing is wrong: it began elsewhere.
        }
        else
        {
            options.Failed?.Invoke(failure);
        }

        var told = failure is JournalUnavailableException unavailable ? HostRefusals.Unavailable(unavailable.Code) : HostRefusals.Damaged(((JournalDamagedException)failure).Actor.Name);
        return new ActorFailedException(told.Code, told.Detail);
    }

    /// <summary>True for what <see cref="Failed"/> translates.</summary>
    protected static bool IsOfStore(Exception failure) => failure is JournalUnavailableException or JournalDamagedException;

    /// <summary>Carries out a call and says in one way what kept it from being done.</summary>
    protected async ValueTask<T> Guard<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (IsOfStore(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>
    /// Writes a document as JSON. When that fails it may have landed or not: the grain answers from what was saved before, and
    /// gives up, so that whoever comes next reads what there is.
    /// </summary>
    /// <param name="document">Where to.</param>
    /// <param name="next">What.</param>
    /// <param name="what">Its name, for the log.</param>
    protected async Task Save<T>(IPersistentState<StoredBytes> document, T next, string what)
    {
        var saved = document.State;
        document.State = new StoredBytes { Data = WireJson.Write(next) };
        try
        {
            await document.WriteStateAsync();
        }
#pragma warning disable CA1031 // Stores throw what they like.
        catch (Exception e)
#pragma warning restore CA1031
        {
            document.State = saved;
            DeactivateOnIdle();
            throw Failed(new JournalUnavailableException("storage-unavailable", $"{what} cannot be written: {e.Message}", e));
        }
    }
}
