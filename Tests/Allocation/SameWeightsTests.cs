using System.Diagnostics;
using System.Globalization;
using Bandstand.LifeChild;

namespace Bandstand.Tests.Allocation;

/// <summary>The same events in the same order give the same epochs and decisions, whoever hosts them and whoever looks on.</summary>
public class SameWeightsTests
{
    public static TheoryData<string> Kinds => [.. BanditLife.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Who_looks_and_how_often_the_host_begins_again_changes_no_byte(string kind)
    {
        var alone = await new BanditLife(kind).Live();

        Assert.True(alone.Count > 5, "Too little happens to be compared.");
        Assert.Equal(alone, await new BanditLife(kind) { Looks = true, RestartEvery = 4 }.Live());
    }

    [Theory]
    [InlineData("forgets")]
    [InlineData("by-segment")]
    [InlineData("timesteps")]
    public async Task Conversions_are_decided_the_same_however_people_are_spread_over_shards(string kind)
    {
        var eight = await new BanditLife(kind).Live();

        Assert.Equal(eight, await new BanditLife(kind) { Shards = 1 }.Live());
        Assert.Equal(eight, await new BanditLife(kind) { Shards = 5, Key = (77, 88) }.Live());
    }

    [Theory]
    [InlineData("values")]
    [InlineData("by-the-clock")]
    public async Task Counts_and_values_are_decided_the_same_but_for_the_last_bits_of_figures(string kind)
    {
        static async Task<List<string>> Epochs(BanditLife life) => [.. (await life.Live()).Where(line => line.Contains("\"From\"", StringComparison.Ordinal))];
        var eight = await Epochs(new BanditLife(kind));

        Assert.True(eight.Count > 3);
        Assert.Equal(eight, await Epochs(new BanditLife(kind) { Shards = 1 }));
        Assert.Equal(eight, await Epochs(new BanditLife(kind) { Shards = 5, Key = (77, 88) }));
    }

    [Theory]
    [InlineData("tr-TR", "1,5 İ", 1)]
    [InlineData("de-DE", "1,5 I", 8)]
    [InlineData("ar-SA", "", 2)]
    public async Task A_process_in_another_culture_with_other_processors_decides_the_same(string culture, string does, int processors)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bandstand.LifeChild.dll"), culture]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_PROCESSOR_COUNT"] = processors.ToString(CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        var error = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = (await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd().Split('\n');
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen((await error).Contains("ICU", StringComparison.Ordinal), "This machine has no cultures.");
        Assert.Equal((0, ""), (child.ExitCode, await error));

        Assert.StartsWith($"{culture} {does}", told[0], StringComparison.Ordinal);
        Assert.EndsWith($" {processors}", told[0], StringComparison.Ordinal);
        var here = new List<string>();
        foreach (var kind in BanditLife.Kinds)
        {
            here.AddRange(await new BanditLife(kind).Live());
        }

        Assert.Equal(here, told[1..]);
    }
}
