using System.Collections.Concurrent;
using Bandstand.Grains;
using Bandstand.Tests.Cluster.Journal;
using Orleans.Core.Internal;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>
/// Three silos in this process over one storage in memory that outlives them. Tests share the silos one after another; each
/// begins with an empty storage and no activation.
/// </summary>
public sealed class TestClusterHost : IAsyncLifetime
{
    /// <summary>Under which identities are hashed, so that a run can be repeated elsewhere.</summary>
    internal static readonly (ulong, ulong) Key = (0x0123456789abcdef, 0xfedcba9876543210);

    private readonly TestClock clock = new();
    private InProcessTestCluster cluster = null!;

    internal InProcessTestCluster Cluster => cluster;

    internal SimulatedGrainStorage Storage { get; private set; } = new();

    internal IGrainFactory Grains => cluster.Client;

    /// <summary>Carries out each call of a grain, when the test lets it.</summary>
    internal Func<IIncomingGrainCallContext, Task> Around { get; set; } = call => call.Invoke();

    /// <summary>What the grains told of their store since the test began.</summary>
    internal ConcurrentQueue<Exception> Failures { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddGrainStorage(StorageNames.Bandstand, (_, _) => new PresentStorage(this));
            silo.AddIncomingGrainCallFilter(call => Around(call));
            silo.UseBandstandGrains(new GrainOptions { Clock = clock, Tick = TimeSpan.FromDays(40), Patience = TimeSpan.FromSeconds(30), NewKey = () => Key, Failed = Failures.Enqueue });
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    /// <summary>A front end like that of a process of its own.</summary>
    internal ClusterExperiments Front(TimeProvider time, bool collect = true) => new(Grains, new FrontOptions { Clock = time, Collect = collect });

    /// <summary>Begins a test: nothing is stored, nobody is active, and the grains go by this clock.</summary>
    internal void Begin(TimeProvider time)
    {
        clock.Time = time;
        Around = call => call.Invoke();
        Storage = new SimulatedGrainStorage();
        Failures.Clear();
    }

    internal Task DeactivateAll() => DeactivateAll(Grains);

    /// <summary>Ends every activation of Bandstand.</summary>
    internal static async Task DeactivateAll(IGrainFactory grains)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        while ((await management.GetDetailedGrainStatistics()).Where(grain => grain.GrainId.Type.ToString()!.StartsWith("bandstand-", StringComparison.Ordinal)).ToList() is { Count: > 0 } active)
        {
            await Task.WhenAll(active.Select(grain => grains.GetGrain(grain.GrainId).AsReference<IGrainManagementExtension>().DeactivateOnIdle().AsTask()));
        }
    }

    private sealed class TestClock : TimeProvider
    {
        public TimeProvider Time { get; set; } = System;

        public override DateTimeOffset GetUtcNow() => Time.GetUtcNow();
    }

    private sealed class PresentStorage(TestClusterHost host) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => host.Storage.ReadStateAsync(stateName, grainId, grainState);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => host.Storage.WriteStateAsync(stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => host.Storage.ClearStateAsync(stateName, grainId, grainState);
    }
}
