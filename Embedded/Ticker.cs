namespace Bandstand.Embedded;

/// <summary>Runs what is due at every tick of the clock, never twice at once.</summary>
internal sealed class Ticker(EmbeddedOptions options, Func<Task> run) : IAsyncDisposable
{
    private readonly SemaphoreSlim running = new(1, 1);
    private ITimer? timer;
    private bool stopped;

    public void Start() => timer = options.Clock.CreateTimer(_ => _ = Tick(), null, options.Tick, options.Tick);

    public async ValueTask DisposeAsync()
    {
        stopped = true;
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }

        await running.WaitAsync();
        running.Dispose();
    }

    private async Task Tick()
    {
        if (stopped || !await running.WaitAsync(0))
        {
            return;
        }

        try
        {
            await run();
        }
        finally
        {
            running.Release();
        }
    }
}
