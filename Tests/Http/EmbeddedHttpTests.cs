using Bandstand.Api;
using Bandstand.Embedded;
using Bandstand.Storage;

namespace Bandstand.Tests.Http;

/// <summary>The contract over the embedded engine.</summary>
public sealed class EmbeddedHttpTests : HttpContract
{
    private protected override async Task<RunningServer> StartServer(ApiOptions? options = null)
    {
        var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore());
        return await RunningServer.Start(engine, options, engine.DisposeAsync);
    }
}
