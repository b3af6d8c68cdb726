using System.Text.Json;

namespace Bandstand.Tests.Cli;

public sealed class PowerCommandTests
{
    [Fact]
    public async Task A_sample_size_is_told_in_sentences()
    {
        var run = await CliRun.RunAsync("power --kind conversion --baseline 0.05 --lift 0.1 --method fixed --per-day 5000");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
            62 468 participants in all find a lift of 10 % (difference 0.005) from a baseline of 0.05 with a power of 80 %.
            That is control 31 234, alternative 1 31 234.
            The test may err in 5 % of experiments without a difference; look once, at the end.
            At 5 000 new participants a day that takes 12.49 days.

            """,
            run.Output,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task The_same_is_told_as_JSON()
    {
        var run = await CliRun.RunAsync("power --kind value --baseline 10 --std-dev 30 --difference 1 --weights 2,1,1 --json");

        var plan = JsonElement.Parse(run.Output);
        Assert.Equal(("participants", "sequential", 2), (plan.GetProperty("solved").GetString(), plan.GetProperty("method").GetString(), plan.GetProperty("comparisons").GetInt32()));
        Assert.Equal([0.5, 0.25, 0.25], plan.GetProperty("alternatives").EnumerateArray().Select(a => a.GetProperty("share").GetDouble()));
        Assert.True(plan.GetProperty("medianParticipants").GetDouble() < plan.GetProperty("participants").GetDouble());
    }

    [Theory]
    [InlineData("power --kind value --baseline 10 --difference 1", 2, "--std-dev: Counts and values need the standard deviation")]
    [InlineData("power --kind conversion --baseline 2 --lift 0.1", 2, "--baseline: 2 is outside the range")]
    [InlineData("power --kind conversion --baseline x --lift 0 --per-day 0", 2, "error: --per-day: 0 is outside the range")]
    [InlineData("power --experiment price --lift 0.1", 2, "--experiment needs the server")]
    [InlineData("power --server x --experiment price", 2, "--server x: an address")]
    [InlineData("power --kind value --std-dev 1 --difference 1e-9", 1, "There is no such plan: More than 1e12 participants")]
    public async Task What_cannot_be_planned_is_named(string arguments, int code, string says)
    {
        var run = await CliRun.RunAsync(arguments);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }
}
