using Bandstand.Api;

namespace Bandstand.Tests.Http;

/// <summary>The contract over experiments that are made up.</summary>
public sealed class FakeHttpTests : HttpContract
{
    private protected override Task<RunningServer> StartServer(ApiOptions? options = null) => RunningServer.Start(new FakeExperiments(), options);
}
