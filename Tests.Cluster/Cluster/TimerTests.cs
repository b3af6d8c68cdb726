using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Ports;
using Bandstand.Tests.Cluster.Journal;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>Timers on a clock of the test's: the grains' own ticks, which end with their activation and begin again when woken.</summary>
public sealed class TimerTests : IAsyncLifetime
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));
    private readonly SimulatedGrainStorage storage = new();
    private InProcessTestCluster cluster = null!;
    private ClusterExperiments front = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock);
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddGrainStorage<IGrainStorage>(StorageNames.Bandstand, (_, _) => storage);
            silo.UseBandstandGrains(new GrainOptions { Clock = clock });
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
        front = new ClusterExperiments(cluster.Client, new FrontOptions { Clock = clock });
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_deadline_ends_the_experiment_without_anybody_asking()
    {
        await front.Define("price", """{"completeWhen":{"deadline":"PT1H"}}""", Token);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(ExperimentStatus.Running, (await front.Get("price", Token)).Value.Status);

        clock.Advance(TimeSpan.FromMinutes(2));

        await Until(async () => (await front.Get("price", Token)).Value.Status == ExperimentStatus.Completed);
    }

    [Fact]
    public async Task What_is_due_when_the_experiment_sleeps_is_done_when_the_catalogue_wakes_it()
    {
        await front.Define("price", """{"completeWhen":{"deadline":"PT1H"}}""", Token);
        await TestClusterHost.DeactivateAll(cluster.Client);
        clock.Advance(TimeSpan.FromHours(2));

        await cluster.Client.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key).Wake();

        await Until(async () => (await front.Get("price", Token)).Value.Status == ExperimentStatus.Completed);
    }

    [Fact]
    public async Task A_timestep_with_a_period_closes_by_itself()
    {
        await front.Define("price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}],"allocation":{"policy":"timestep","period":"PT10M"}}""", Token);

        for (var step = 1; step <= 3; step++)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            await Until(async () => (await front.Timesteps("price", -1, 10, Token)).Value.Items.Count == step);
        }
    }

    [Fact]
    public async Task A_running_experiment_stays_awake_and_an_ended_one_does_not_keep_a_timer()
    {
        await front.Define("price", """{"completeWhen":{"deadline":"PT1H"}}""", Token);
        clock.Advance(TimeSpan.FromMinutes(61));
        await Until(async () => (await front.Get("price", Token)).Value.Status == ExperimentStatus.Completed);

        // The end is seen before it is told to everybody; this call waits its turn behind that.
        await cluster.Client.GetGrain<IExperimentGrain>("price").Wake();
        var requests = storage.Log.Count;

        clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(ExperimentStatus.Completed, (await front.Get("price", Token)).Value.Status);
        Assert.Equal(requests, storage.Log.Count);
    }

    // A tick is a turn of its own, which may find that the clock was not yet where it is now: the next tick finds it there.
    private async Task Until(Func<Task<bool>> holds)
    {
        for (var turn = 0; turn < 500; turn++)
        {
            if (await holds())
            {
                return;
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Fail("Nothing happened in 500 turns.");
    }
}
