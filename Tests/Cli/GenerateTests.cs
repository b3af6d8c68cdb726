using System.Security.Cryptography;

namespace Bandstand.Tests.Cli;

public sealed class GenerateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("drift")]
    [InlineData("aa")]
    [InlineData("edge")]
    public async Task Every_file_is_the_same_byte_for_byte_as_ever(string scenario)
    {
        var run = await CliRun.RunAsync($"generate --scenario {scenario} --out {{0}}", folder.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "replay", scenario, "files.sha256"), TestContext.Current.CancellationToken),
            Checksums());
    }

    [Fact]
    public async Task Another_name_makes_other_data_of_the_same_kind()
    {
        await CliRun.RunAsync("generate --scenario drift --out {0} --name other", folder.Path);

        var golden = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "replay", "drift", "files.sha256"), TestContext.Current.CancellationToken);
        Assert.Equal(golden.Select(x => x[66..]), Checksums().Select(x => x[66..]));
        Assert.Empty(golden.Intersect(Checksums()));
    }

    [Fact]
    public async Task Every_file_has_as_many_rows_as_asked_for()
    {
        var run = await CliRun.RunAsync("generate --scenario aa --out {0} --rows-per-timestep 20", folder.Path);

        Assert.All(Directory.GetFiles(folder.Path, "timestep_*.csv", SearchOption.AllDirectories), x => Assert.Equal(21, File.ReadAllLines(x).Length));
        Assert.Contains("Wrote 4,840 rows", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_generated_is_replaced_as_a_whole()
    {
        await CliRun.RunAsync("generate --scenario aa --out {0} --rows-per-timestep 20", folder.Path);
        var run = await CliRun.RunAsync("generate --scenario edge --out {0}", folder.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.False(File.Exists(folder.File("strategy_0", "timestep_75.csv")));
    }

    [Fact]
    public async Task Somebody_elses_timesteps_are_not_replaced()
    {
        var path = folder.Write("banner,target\n0,1\n", "strategy_1", "timestep_3.csv");

        var run = await CliRun.RunAsync("generate --scenario edge --out {0}", folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("choose another folder", run.Error, StringComparison.Ordinal);
        Assert.Equal("banner,target\n0,1\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        var file = folder.Write("in the way", "file");
        var before = await CliRun.RunAsync("generate --scenario edge --out {0}", file);
        Assert.Equal(1, before.ExitCode);
        Assert.StartsWith($"error: --out {file} cannot be written", before.Error, StringComparison.Ordinal);

        await CliRun.RunAsync("generate --scenario edge --out {0}", folder.Path);
        File.Delete(folder.File("strategy_0", "timestep_7.csv"));
        Directory.CreateDirectory(folder.File("strategy_0", "timestep_7.csv"));
        var amid = await CliRun.RunAsync("generate --scenario edge --out {0}", folder.Path);
        Assert.Equal(1, amid.ExitCode);
        Assert.Contains("cannot be written", amid.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate --scenario drift", "--out")]
    [InlineData("generate --scenario none --out x", "none")]
    [InlineData("generate --scenario drift --out x --rows-per-timestep 3", "at least 18")]
    [InlineData("generate --scenario drift --out x --rows-per-timestep many", "whole number")]
    [InlineData("", "--help")]
    [InlineData("replai", "replai")]
    public async Task What_is_typed_wrongly_is_named_and_answered_with_2(string line, string named)
    {
        var run = await CliRun.RunAsync(line);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

    private IEnumerable<string> Checksums() => Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)
        .Select(x => Path.GetRelativePath(folder.Path, x))
        .OrderBy(Number)
        .Select(x => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.File(x))))}  {x.Replace('\\', '/')}");

    private static (int, int) Number(string file) => file == "truth.csv"
        ? (-1, 0)
        : (file["strategy_".Length] - '0', int.Parse(file[(file.LastIndexOf('_') + 1)..^".csv".Length], System.Globalization.CultureInfo.InvariantCulture));
}
