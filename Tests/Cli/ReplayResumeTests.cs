using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bandstand.Tests.Cli;

public sealed class ReplayResumeTests : IDisposable
{
    private readonly ReplayFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(57)]
    public async Task A_run_that_is_killed_goes_on_and_does_nothing_twice(int killedAfter)
    {
        await folder.GenerateAsync("drift");
        using (var killed = Start("--raw --follow"))
        {
            await WaitForAsync(killed, $"timestep {killedAfter}:");
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // What a kill between a timestep's rows and its state leaves behind.
        foreach (var table in new[] { "winner_data.csv", "stats.csv", "raw_data.csv" })
        {
            await File.AppendAllTextAsync(Path.Combine(folder.Out, table), "half a ro", TestContext.Current.CancellationToken);
        }

        var run = await folder.ReplayAsync(" --raw");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Going on with timestep", run.Output, StringComparison.Ordinal);
        await folder.AssertSameAsUninterruptedAsync(" --raw");
    }

    [Fact]
    public async Task A_run_that_is_interrupted_ends_by_itself_and_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There is no SIGINT to send.");
        await folder.GenerateAsync("drift");
        using (var stopped = Start("--follow"))
        {
            await WaitForAsync(stopped, "Waiting for strategy_1/timestep_121.csv");
            Assert.Equal(0, SendSignal(stopped.Id, 2));
            await stopped.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, stopped.ExitCode);
        }

        Assert.Equal(0, (await folder.ReplayAsync()).ExitCode);
        await folder.AssertSameAsUninterruptedAsync();
    }

    [Fact]
    public async Task A_cancelled_run_answers_130_and_goes_on()
    {
        await folder.GenerateAsync("edge");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var stopped = await CliRun.RunAsync(
            CliRun.Split("replay --data {0} --out {1} --raw", folder.Data, folder.Out), cancellationToken: cancelled.Token);

        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal("timestep,winner\n-1,0\n", folder.Read("winner_data.csv"));
        Assert.Equal(0, (await folder.ReplayAsync(" --raw")).ExitCode);
        await folder.AssertSameAsUninterruptedAsync(" --raw");
    }

    [Fact]
    public async Task Replaying_in_parts_gives_the_same_as_at_once()
    {
        await folder.GenerateAsync("edge");
        foreach (var last in new[] { 0, 14, 74, 75, 120 })
        {
            Assert.Equal(0, (await folder.ReplayAsync($" --raw --max-timestep {last}")).ExitCode);
            Assert.EndsWith($"\n{last},{folder.Read("winner_data.csv")[^2]}\n", folder.Read("winner_data.csv"), StringComparison.Ordinal);
        }

        await folder.AssertSameAsUninterruptedAsync(" --raw");
    }

    [Fact]
    public async Task A_finished_run_has_nothing_more_to_do()
    {
        await folder.GenerateAsync("edge");
        await folder.ReplayAsync();

        var again = await folder.ReplayAsync();

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("Nothing to do", again.Output, StringComparison.Ordinal);
        await folder.AssertSameAsUninterruptedAsync();
    }

    [Theory]
    [InlineData(" --alpha 0.1", "--alpha 0.05")]
    [InlineData(" --test welch", "--test student")]
    [InlineData(" --count-multiplier 1", "--count-multiplier 5")]
    [InlineData(" --raw", "no --raw")]
    [InlineData(" --max-timestep 3", "timesteps up to 9")]
    public async Task Other_options_are_refused_and_change_nothing(string options, string begunWith)
    {
        await folder.GenerateAsync("edge");
        await folder.ReplayAsync(" --max-timestep 9");
        var before = folder.Read("stats.csv");

        var run = await folder.ReplayAsync(options);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"begun with {begunWith}:", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Read("stats.csv"));
    }

    [Fact]
    public async Task Other_data_are_refused()
    {
        await folder.GenerateAsync("edge");
        await folder.ReplayAsync(" --max-timestep 9");

        var run = await CliRun.RunAsync("replay --data {0} --out {1}", folder.Data + "/../data/strategy_0/../", folder.Out + "/");
        Assert.Equal(0, run.ExitCode);

        await CliRun.RunAsync("generate --scenario edge --out {0}", folder.Other);
        var other = await CliRun.RunAsync("replay --data {0} --out {1}", folder.Other, folder.Out);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains($"begun with --data {folder.Data}", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fresh_begins_anew_with_other_options()
    {
        await folder.GenerateAsync("edge");
        await folder.ReplayAsync(" --raw --max-timestep 9");

        Assert.Equal(0, (await folder.ReplayAsync(" --test welch --fresh")).ExitCode);

        Assert.False(File.Exists(Path.Combine(folder.Out, "raw_data.csv")));
        await folder.AssertSameAsUninterruptedAsync(" --test welch");
    }

    [Theory]
    [InlineData("timestep,winner\n-1,0\n", "shorter")]
    [InlineData("timestep,winner\n-1,0\n0,0\n1,1\n2,0\n3,0\n4,0\n5,0\n6,0\n7,0\n8,0\n9,1\n", "was changed")]
    public async Task Tables_that_somebody_changed_are_not_gone_on_with(string winners, string says)
    {
        await folder.GenerateAsync("edge");
        await folder.ReplayAsync(" --max-timestep 9");
        await File.WriteAllTextAsync(Path.Combine(folder.Out, "winner_data.csv"), winners, TestContext.Current.CancellationToken);

        var run = await folder.ReplayAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Contains("--fresh", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_of_unknown_origin_are_not_overwritten()
    {
        await folder.GenerateAsync("edge");
        Directory.CreateDirectory(folder.Out);
        await File.WriteAllTextAsync(Path.Combine(folder.Out, "winner_data.csv"), "mine", TestContext.Current.CancellationToken);

        var run = await folder.ReplayAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--fresh", run.Error, StringComparison.Ordinal);
        Assert.Equal("mine", folder.Read("winner_data.csv"));
    }

    [Fact]
    public async Task Two_replays_do_not_write_to_one_folder()
    {
        await folder.GenerateAsync("edge");
        using var first = Start("--follow");
        await WaitForAsync(first, "Waiting for");

        var second = await folder.ReplayAsync();

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another replay", second.Error, StringComparison.Ordinal);
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    private static async Task WaitForAsync(Process process, string wanted)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith(wanted, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The process ended before it wrote '{wanted}': {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    private Process Start(string options)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Bandstand.Cli.dll"), "replay", "--data", folder.Data, "--out", folder.Out, .. options.Split(' '),
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
