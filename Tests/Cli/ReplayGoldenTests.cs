using System.Globalization;

namespace Bandstand.Tests.Cli;

/// <summary>Figures: exact rationals and 60-digit arithmetic, see Golden/replay/README.md.</summary>
public sealed class ReplayGoldenTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("drift")]
    [InlineData("edge")]
    public async Task Winners_are_identical_and_figures_agree(string scenario)
    {
        await CliRun.RunAsync($"generate --scenario {scenario} --out {{0}}", folder.File("data"));
        var run = await CliRun.RunAsync("replay --data {0} --out {1}", folder.File("data"), folder.File("out"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(await Golden(scenario, "winner_data.csv"), await Written("winner_data.csv"));
        AssertTables(await Golden(scenario, "stats.csv"), await Written("stats.csv"));
    }

    [Fact]
    public async Task Every_crafted_case_has_its_status_and_a_warning_that_names_the_timestep()
    {
        await CliRun.RunAsync("generate --scenario edge --out {0}", folder.File("data"));
        var run = await CliRun.RunAsync("replay --data {0} --out {1}", folder.File("data"), folder.File("out"));

        var stats = (await Written("stats.csv")).Split('\n').Select(x => x.Split(',')).ToArray();
        var cases = (await Golden("edge", "cases.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(x => x.Split(',')).ToArray();
        Assert.Equal(21, cases.Length);
        foreach (var expected in cases)
        {
            var row = stats[1 + int.Parse(expected[0], CultureInfo.InvariantCulture)];
            Assert.Equal([expected[0], expected[2], expected[3], expected[4], expected[5]], [row[0], row[2], row[15], row[16], row[17]]);
            if (expected[2] != "ok")
            {
                Assert.Contains($"warning: timestep {expected[0]}: {expected[2]}: ", run.Error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task All_rows_are_collected_with_their_timestep_whatever_their_layout()
    {
        await CliRun.RunAsync("generate --scenario edge --out {0}", folder.File("data"));
        await CliRun.RunAsync("replay --data {0} --out {1} --raw", folder.File("data"), folder.File("out"));

        var lines = (await Written("raw_data.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var stats = (await Written("stats.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(x => x.Split(','));
        Assert.Equal("banner,product,time,target,timestep", lines[0]);
        Assert.Equal(
            stats.Where(x => x[3] != "0").Select(x => (x[0], int.Parse(x[3], CultureInfo.InvariantCulture))),
            lines.Skip(1).CountBy(x => x[(x.LastIndexOf(',') + 1)..]).Select(x => (x.Key, x.Value)));
        Assert.Equal("0,clothes,2019-03-13T00:02:18.000Z,0.0,80", lines.First(x => x.EndsWith(",80", StringComparison.Ordinal)));
        Assert.Equal(
            "0,\"clothes, \"\"new\"\"\",2019-03-15T14:20:41.000Z,0.0,85",
            lines.First(x => x.EndsWith(",85", StringComparison.Ordinal) && x[0] == '0'));
    }

    private static Task<string> Golden(string scenario, string name) =>
        File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "replay", scenario, name));

    private static void AssertTables(string expected, string actual)
    {
        var (wanted, got) = (expected.Split('\n'), actual.Split('\n'));
        Assert.Equal(wanted.Length, got.Length);
        Assert.Equal(wanted[0].Replace(",notebook", "", StringComparison.Ordinal), got[0]);
        for (var row = 1; row < wanted.Length - 1; row++)
        {
            var (cells, written) = (wanted[row].Split(','), got[row].Split(','));
            Assert.Equal(cells.Length - 1, written.Length);
            for (var i = 0; i < written.Length; i++)
            {
                var same = cells[i] == written[i]
                    || (double.TryParse(cells[i], CultureInfo.InvariantCulture, out var x)
                        && double.TryParse(written[i], CultureInfo.InvariantCulture, out var y)
                        && Math.Abs(x - y) <= 1e-11 * Math.Abs(x));
                Assert.True(same, $"row {row}, column {wanted[0].Split(',')[i]}: {cells[i]} expected, {written[i]} written");
            }
        }
    }

    private Task<string> Written(string name) => File.ReadAllTextAsync(folder.File("out", name));
}
