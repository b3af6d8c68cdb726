using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Ports;
using Bandstand.Tests.Conformance;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>The conformance suite over three silos.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class ClusterConformanceTests(TestClusterHost host) : ExperimentsConformance
{
    protected override Task<IExperiments> Open()
    {
        host.Begin(Clock);
        return Task.FromResult<IExperiments>(host.Front(Clock));
    }

    protected override async Task<IExperiments> Reopen(bool collect)
    {
        await host.DeactivateAll();
        return host.Front(Clock, collect);
    }

    protected override Task Close() => host.DeactivateAll();

    protected override async Task Pass(TimeSpan time)
    {
        Clock.Advance(time);
        for (string? after = null; ;)
        {
            var page = (await Bandstand.List(after, 1000, Token)).Value;
            foreach (var experiment in page.Items.Where(view => view.Status == ExperimentStatus.Running))
            {
                await host.Grains.GetGrain<IExperimentGrain>(experiment.Definition.Id).Wake();
            }

            after = page.Next;
            if (after is null)
            {
                return;
            }
        }
    }
}

[CollectionDefinition(nameof(TestClusterHost))]
public sealed class SharedCluster : ICollectionFixture<TestClusterHost>;
