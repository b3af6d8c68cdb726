using Bandstand.Tests.Cluster.Silo;
using Bandstand.Tests.Kill;

namespace Bandstand.Tests.Cluster.Kill;

/// <summary>
/// Three silos, each a process of its own, over one folder; one of them is killed without warning while several producers and
/// askers use them all. <c>Benchmarks -- cluster-kill</c> does the same ten times and with a million participants a shard.
/// </summary>
public sealed class SiloKillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task After_silos_were_killed_under_load_every_acknowledged_event_counts_once_and_nobody_got_two_alternatives()
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Bandstand.Silo.dll");
        Assert.SkipUnless(File.Exists(assembly), $"There is no built silo to start: {assembly}.");
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Killing without warning is SIGKILL, which this system does not have.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var plan = new KillPlan
        {
            Assembly = assembly,
            Folder = folder.Path,
            Seed = 20_261_121,
            Kills = 2,
            MostLines = 500,
            MostRequests = 60,
            Report = TestContext.Current.TestOutputHelper!.WriteLine,
        };
        using var cluster = new MortalCluster(plan.Assembly, plan.Folder, silos: 3, plan.Seed, deadline.Token);

        await new KillRun(plan, cluster, deadline.Token).Run();

        Assert.Equal(plan.Kills, cluster.Gaps.Count);
    }
}
