using System.Diagnostics;
using System.Globalization;
using Bandstand.CrashChild;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Storage;

/// <summary>A process that appends is killed without warning, again and again, over the same files.</summary>
public sealed class SqliteCrashTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task After_kill_9_every_acknowledged_number_is_there_once_and_in_order()
    {
        var acknowledged = new Dictionary<int, long>();
        foreach (var lines in new[] { 1, 700, 40, 2_000, 300 })
        {
            await RunAndKillAfter(lines, acknowledged);
            await Check(acknowledged);
        }

        Assert.Equal(6, acknowledged.Count);
    }

    private async Task RunAndKillAfter(int lines, Dictionary<int, long> acknowledged)
    {
        using var child = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bandstand.CrashChild.dll"), folder.Path])
        {
            RedirectStandardOutput = true,
        })!;
        for (var read = 0; await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line; read++)
        {
            if (read == lines)
            {
                child.Kill(); // SIGKILL. What it printed before is still read.
            }

            if (line.Split(' ') is [var actor, var number] && long.TryParse(number, CultureInfo.InvariantCulture, out var value))
            {
                acknowledged[int.Parse(actor, CultureInfo.InvariantCulture)] = value;
            }
        }

        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, child.ExitCode);
    }

    /// <summary>Looks at a copy, so that the next process finds what the killed one left and not what a clean close makes of it.</summary>
    private async Task Check(Dictionary<int, long> acknowledged)
    {
        using var copy = new TempFolder();
        foreach (var file in Directory.GetFiles(folder.Path, "bandstand.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        await using var store = SqliteJournalStore.Open(copy.Path, new SqliteStoreOptions { Host = "crash" });
        foreach (var (actor, number) in acknowledged)
        {
            var replay = new NumberReplay();
            await store.Open(new ActorKey(ActorKind.Shard, "crash", 1, actor)).Recover(replay, TestContext.Current.CancellationToken);
            Assert.True(replay.Last >= number, $"Actor {actor} acknowledged {number} and recovered {replay.Last}.");
        }
    }
}
