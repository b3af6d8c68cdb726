namespace Bandstand.Grains;

/// <summary>
/// Asks one question for all who want to know: whoever asks gets an answer to a call that began after he asked, and at most
/// one call is under way.
/// </summary>
/// <remarks>Thread-safe. In a grain every call begins in one of the grain's turns.</remarks>
internal sealed class Coalesced<T>(Func<Task<T>> call)
{
    private readonly Lock gate = new();
    private Task<T>? running;
    private Task<T>? next;

    public Task<T> Ask()
    {
        lock (gate)
        {
            if (running is null || running.IsCompleted)
            {
                return running = call();
            }

            return next ??= After(running);
        }
    }

    private async Task<T> After(Task<T> before)
    {
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Task<T> mine;
        lock (gate)
        {
            next = null;
            mine = running = call();
        }

        return await mine;
    }
}
