using Bandstand.Api;
using Bandstand.Tests.Cluster.Cluster;

namespace Bandstand.Tests.Http;

/// <summary>The contract over three silos.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class ClusterHttpTests(TestClusterHost host) : HttpContract
{
    private protected override Task<RunningServer> StartServer(ApiOptions? options = null)
    {
        host.Begin(TimeProvider.System);
        return RunningServer.Start(host.Front(TimeProvider.System), options, async () => await host.DeactivateAll());
    }
}
