using Bandstand.Grains;

namespace Bandstand.Silo;

/// <summary>
/// Has the catalogue wake the running experiments now and then: their timers end with the silo they were on, and nobody
/// else may ever call them.
/// </summary>
internal sealed partial class ExperimentWaker(IGrainFactory grains, TimeProvider clock, ILogger<ExperimentWaker> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key).Wake();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or ActorFailedException)
            {
                Failed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue cannot be reached to wake the running experiments ({Reason}); the next try is in 10 s.")]
    private partial void Failed(string reason);
}
