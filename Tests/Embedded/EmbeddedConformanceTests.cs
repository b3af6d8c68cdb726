using Bandstand.Embedded;
using Bandstand.Ports;
using Bandstand.Tests.Conformance;

namespace Bandstand.Tests.Embedded;

/// <summary>The conformance suite over the embedded engine on a real SQLite file.</summary>
public sealed class EmbeddedConformanceTests : ExperimentsConformance
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bandstand-");
    private EmbeddedExperiments engine = null!;

    protected override Task<IExperiments> Open() => Open(collect: true);

    protected override async Task<IExperiments> Reopen(bool collect)
    {
        await engine.DisposeAsync();
        return await Open(collect);
    }

    protected override async Task Close()
    {
        await engine.DisposeAsync();
        folder.Delete(recursive: true);
    }

    protected override async Task Pass(TimeSpan time)
    {
        Clock.Advance(time);
        await engine.RunDueAsync();
    }

    private async Task<IExperiments> Open(bool collect) =>
        engine = await EmbeddedExperiments.OpenAsync(folder.FullName, new EmbeddedOptions { Clock = Clock, Tick = TimeSpan.FromDays(1000), Collect = collect });
}
