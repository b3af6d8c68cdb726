namespace Bandstand.Tests.Cli;

public sealed class ReplayInputTests : IDisposable
{
    private const string Good = "banner,product,time,target\n0,a,t,1.0\n0,a,t,0.0\n1,b,t,0.0\n1,b,t,1.0\n";
    private readonly ReplayFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_folder_that_is_not_there_is_named() => AssertRefused(await folder.ReplayAsync(), "does not exist", "strategy_0/timestep_0.csv");

    [Fact]
    public async Task A_folder_without_strategies_is_named_with_what_is_expected()
    {
        Directory.CreateDirectory(folder.Data);

        AssertRefused(await folder.ReplayAsync(), "no folder strategy_0", "strategy_0/timestep_0.csv");
    }

    [Fact]
    public async Task The_folder_one_too_deep_is_recognised()
    {
        folder.Write(0, Good);

        var run = await CliRun.RunAsync("replay --data {0} --out {1}", Path.Combine(folder.Data, "strategy_0"), folder.Out);

        AssertRefused(run, "is the folder above it meant?");
    }

    [Fact]
    public async Task A_missing_column_is_named_with_file_and_line()
    {
        folder.Write(0, Good);
        folder.Write(1, "banner,product,time,value\n0,a,t,1\n");

        var run = await folder.ReplayAsync();

        AssertRefused(run, Path.Combine("strategy_0", "timestep_1.csv, line 1: column 'target' is missing"), "banner,product,time,value");
        Assert.Equal("timestep,winner\n-1,0\n0,0\n", folder.Read("winner_data.csv"));
    }

    [Fact]
    public async Task After_the_file_is_mended_the_run_goes_on()
    {
        folder.Write(0, Good);
        folder.Write(1, "banner;target\n");
        folder.Write(2, Good);
        AssertRefused(await folder.ReplayAsync(" --raw"), "commas");

        folder.Write(1, Good);

        Assert.Equal(0, (await folder.ReplayAsync(" --raw")).ExitCode);
        await folder.AssertSameAsUninterruptedAsync(" --raw");
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_is_named_by_its_line()
    {
        folder.Write(0, Good + "0,\"a,t,1.0\n1,b,t,0.0\n");

        AssertRefused(await folder.ReplayAsync(), "timestep_0.csv, line 6: a quoted field does not end");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named()
    {
        folder.Write(0, Good);
        folder.Write(1, 1, Good);
        Directory.CreateDirectory(Path.Combine(folder.Data, "strategy_0", "timestep_1.csv"));

        AssertRefused(await folder.ReplayAsync(), "timestep_1.csv cannot be read");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        folder.Write(0, Good);
        await File.WriteAllTextAsync(folder.Out, "a file is in the way", TestContext.Current.CancellationToken);

        AssertRefused(await folder.ReplayAsync(), $"--out {folder.Out} cannot be written");
    }

    [Theory]
    [InlineData(" --alpha -0.1", "over 0 and under 1")]
    [InlineData(" --alpha 1", "over 0 and under 1")]
    [InlineData(" --alpha small", "over 0 and under 1")]
    [InlineData(" --alpha NaN", "over 0 and under 1")]
    [InlineData(" --count-multiplier 0", "over 0")]
    [InlineData(" --count-multiplier -5", "over 0")]
    [InlineData(" --max-timestep -1", "at least 0")]
    [InlineData(" --max-timestep 1.5", "whole number")]
    [InlineData(" --test z", "'z'")]
    [InlineData(" --policy adaptive --alpha 0.1", "--alpha has no effect with --policy adaptive")]
    [InlineData(" --spell 9", "--spell has no effect with --policy classic")]
    [InlineData(" --policy adaptive --spell 0.5", "1 or more")]
    [InlineData(" --polcy classic", "--polcy")]
    public async Task Wrong_options_are_named_and_answered_with_2(string options, string says)
    {
        folder.Write(0, Good);

        var run = await folder.ReplayAsync(options);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Out));
    }

    [Fact]
    public async Task Rows_that_cannot_be_read_are_counted_and_the_first_are_named_by_file_and_line()
    {
        folder.Write(0, Good + "x,a,t,1\n0,a,t,many\n1,b\n,a,t,1\n");

        var run = await folder.ReplayAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            "warning: timestep 0: 4 of 8 rows rejected: strategy_0/timestep_0.csv line 6: banner 'x' is not a whole number; "
            + "strategy_0/timestep_0.csv line 7: target 'many' is not a finite number; "
            + "strategy_0/timestep_0.csv line 8: the row has 2 of 4 fields; 'target' is missing; and 1 more\n",
            run.Error.ReplaceLineEndings("\n"));
        Assert.StartsWith("0,0,ok,8,4,0,2,0.5,", folder.Read("stats.csv").Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_warned_of_and_passed_and_the_end_is_the_last_file_there_is()
    {
        folder.Write(1, 0, Good);
        folder.Write(0, 2, Good);

        var run = await folder.ReplayAsync(" --max-timestep 9");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: timestep 0: missing_file: nothing was observed (strategy_0/timestep_0.csv)", run.Error, StringComparison.Ordinal);
        Assert.Contains("warning: timestep 2 is the last one that has a file", run.Error, StringComparison.Ordinal);
        Assert.Equal("timestep,winner\n-1,0\n0,0\n1,0\n2,0\n", folder.Read("winner_data.csv"));
    }

    private static void AssertRefused(CliRun run, params string[] says)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.All(says, x => Assert.Contains(x, run.Error, StringComparison.Ordinal));
    }
}
