using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>What every grain with a journal does when the journal fails.</summary>
internal abstract class ActorGrain : Grain
{
    /// <summary>What callers are told. An owner that was replaced gives up: the next call finds the newer one.</summary>
    protected ActorFailedException Failed(JournalUnavailableException failure)
    {
        if (failure.Code is "fenced" or "dropped")
        {
            DeactivateOnIdle();
        }

        return new ActorFailedException(failure.Code, $"{failure.Message} Nothing was answered as done: send the same again.");
    }

    /// <summary>Carries out a call and says in one way what kept it from being done.</summary>
    protected async ValueTask<T> Guard<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (JournalUnavailableException e)
        {
            throw Failed(e);
        }
    }
}
