namespace Bandstand.Tests.Cli;

public sealed class SimulateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Policies_are_played_side_by_side_and_the_same_seed_gives_the_same_table()
    {
        const string Arguments = "simulate --scenario drift --scenario same --policy classic:count-multiplier=1,alpha=0.2 --policy adaptive --runs 3 --out {0}";
        var run = await CliRun.RunAsync(Arguments, folder.File("one"));
        await CliRun.RunAsync(Arguments, folder.File("two"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("drift, classic:count-multiplier=1,alpha=0.2: regret ", run.Output, StringComparison.Ordinal);
        Assert.Contains("same, adaptive: regret 0.0 ± 0.0, switches ", run.Output, StringComparison.Ordinal);
        var table = await File.ReadAllLinesAsync(Path.Combine(folder.File("one"), "simulation.csv"));
        Assert.Equal(5, table.Length);
        Assert.Equal(table, await File.ReadAllLinesAsync(Path.Combine(folder.File("two"), "simulation.csv")));
    }

    [Theory]
    [InlineData("simulate --scenario moon", "'moon'")]
    [InlineData("simulate --scenario aa --policy greedy", "there is no policy 'greedy'")]
    [InlineData("simulate --scenario aa --policy adaptive:alpha=0.1", "'adaptive' has no setting 'alpha'")]
    [InlineData("simulate --scenario aa --policy adaptive:certainty=2", "over 0 and under 1")]
    [InlineData("simulate --scenario aa --policy classic:alpha", "'alpha' is no setting")]
    [InlineData("simulate --scenario five --policy classic", "decides between two alternatives")]
    [InlineData("simulate --scenario aa --runs 1", "at least 2")]
    public async Task What_cannot_be_played_is_named_and_answered_with_2(string arguments, string says)
    {
        var run = await CliRun.RunAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }
}
