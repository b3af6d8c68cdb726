using Bandstand.Tests.Storage;

namespace Bandstand.Tests.Kill;

/// <summary>The server, as a process of its own, is killed without warning while several producers and askers use it.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task After_five_kills_under_load_every_acknowledged_event_counts_once_and_nobody_got_two_alternatives()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var plan = new KillPlan
        {
            Assembly = Path.Combine(AppContext.BaseDirectory, "Bandstand.Server.dll"),
            Folder = folder.Path,
            Seed = 20_260_729,
            Kills = 5,
            Report = TestContext.Current.TestOutputHelper!.WriteLine,
        };
        using var server = new MortalServer(plan.Assembly, plan.Folder, deadline.Token);
        await new KillRun(plan, server, deadline.Token).Run();
    }
}
