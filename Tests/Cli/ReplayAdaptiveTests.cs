namespace Bandstand.Tests.Cli;

public sealed class ReplayAdaptiveTests : IDisposable
{
    private const string More = " --policy adaptive --max-timestep 40";
    private readonly ReplayFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_lead_follows_the_first_flip_of_the_drift_and_an_interrupted_run_goes_on_as_if_it_were_not()
    {
        await folder.GenerateAsync("drift");
        Assert.Equal(0, (await folder.ReplayAsync(" --policy adaptive --max-timestep 17")).ExitCode);
        var rest = await folder.ReplayAsync(More);

        Assert.Equal(0, rest.ExitCode);
        Assert.Contains("Going on with timestep 18.", rest.Output, StringComparison.Ordinal);
        await folder.AssertSameAsUninterruptedAsync(More);
        var winners = folder.Read("winner_data.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(x => x.Split(',')[1]).ToList();
        Assert.All(winners[10..25], winner => Assert.Equal("0", winner));
        Assert.All(winners[32..], winner => Assert.Equal("1", winner));
    }

    [Fact]
    public async Task A_replay_goes_on_under_the_policy_and_settings_it_began_with()
    {
        await folder.GenerateAsync("edge");
        await folder.ReplayAsync(More);

        Assert.Contains("--policy adaptive", (await folder.ReplayAsync()).Error, StringComparison.Ordinal);
        Assert.Contains("--certainty 0.4", (await folder.ReplayAsync(More + " --certainty 0.7")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await folder.ReplayAsync(" --policy adaptive")).ExitCode);
    }
}
