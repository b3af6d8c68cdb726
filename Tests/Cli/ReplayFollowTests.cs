using Bandstand.Cli;
using Bandstand.Cli.Replay;

namespace Bandstand.Tests.Cli;

public sealed class ReplayFollowTests : IDisposable
{
    private const string Rows = "banner,target\n0,1\n0,0\n1,0\n1,1\n";
    private readonly ReplayFolder folder = new();
    private readonly SteppedClock clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Files_are_taken_as_they_come_until_the_last_one_asked_for()
    {
        Directory.CreateDirectory(folder.Data);
        var run = FollowAsync(" --max-timestep 3");
        foreach (var timestep in new[] { 0, 1, 2, 3 })
        {
            await clock.PassAsync(TestContext.Current.CancellationToken);
            Settled(timestep, Rows);
        }

        await PassUntilDoneAsync(run);

        Assert.Equal(0, (await run).ExitCode);
        Assert.Contains("Waiting for strategy_0/timestep_0.csv", (await run).Output, StringComparison.Ordinal);
        Assert.Equal("timestep,winner\n-1,0\n0,0\n1,0\n2,0\n3,0\n", folder.Read("winner_data.csv"));
    }

    [Fact]
    public void A_file_that_still_grows_is_not_taken_until_it_rests()
    {
        var arrival = new FileArrival(new TimestepFiles(folder.Data), clock);
        var path = folder.Write(0, 0, Rows);
        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime - FileArrival.Settle + TimeSpan.FromMilliseconds(1));
        Assert.False(arrival.IsReady(0, 0));

        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime - FileArrival.Settle);
        Assert.True(arrival.IsReady(0, 0));
        Assert.False(arrival.IsReady(1, 0));
    }

    [Fact]
    public void A_timestep_is_over_when_a_later_one_has_a_file()
    {
        var arrival = new FileArrival(new TimestepFiles(folder.Data), clock);
        folder.Write(1, 4, Rows);

        Assert.True(arrival.IsReady(0, 0));
        Assert.True(arrival.IsReady(0, 3));
        Assert.False(arrival.IsReady(0, 4));
    }

    [Fact]
    public async Task A_change_in_the_folder_is_noticed_before_the_time_is_over()
    {
        Directory.CreateDirectory(Path.Combine(folder.Data, "strategy_0"));
        var wait = new FileArrival(new TimestepFiles(folder.Data), clock).WaitAsync(0, 0, TestContext.Current.CancellationToken);

        // The clock stands still: only the operating system can wake the one who waits.
        folder.Write(0, 1, Rows);

        await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_while_waiting_is_how_following_ends()
    {
        folder.Write(0, Rows);
        folder.Write(1, Rows);
        using var stop = new CancellationTokenSource();
        var run = CliRun.RunAsync(
            CliRun.Split("replay --data {0} --out {1} --follow", folder.Data, folder.Out), clock, stop.Token);
        await clock.PassAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        Assert.Equal(ExitCode.Done, (await run).ExitCode);
        Assert.StartsWith("timestep,winner\n-1,0\n0,0\n", folder.Read("winner_data.csv"), StringComparison.Ordinal);
    }

    private Task<CliRun> FollowAsync(string options) =>
        CliRun.RunAsync(CliRun.Split($"replay --data {{0}} --out {{1}} --follow{options}", folder.Data, folder.Out), clock, TestContext.Current.CancellationToken);

    private void Settled(int timestep, string text)
    {
        var path = folder.Write(0, timestep, text);
        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime - FileArrival.Settle);
    }

    private async Task PassUntilDoneAsync(Task run)
    {
        while (!run.IsCompleted)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var pass = clock.PassAsync(stop.Token);
            await Task.WhenAny(run, pass);
            await stop.CancelAsync();
        }
    }
}
