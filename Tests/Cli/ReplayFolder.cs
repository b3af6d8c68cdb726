namespace Bandstand.Tests.Cli;

/// <summary>A folder with data to replay and room for the tables.</summary>
internal sealed class ReplayFolder : IDisposable
{
    private static readonly string[] Tables = ["winner_data.csv", "stats.csv", "raw_data.csv"];
    private readonly TemporaryFolder folder = new();

    public string Data => folder.File("data");

    public string Out => folder.File("out");

    public string Other => folder.File("other");

    public void Dispose() => folder.Dispose();

    public Task GenerateAsync(string scenario, string more = "") =>
        CliRun.RunAsync($"generate --scenario {scenario} --out {{0}}{more}", Data);

    public Task<CliRun> ReplayAsync(string more = "") => CliRun.RunAsync($"replay --data {{0}} --out {{1}}{more}", Data, Out);

    public string Write(int strategy, int timestep, string text) => folder.Write(text, "data", $"strategy_{strategy}", $"timestep_{timestep}.csv");

    /// <summary>The same file for both strategies.</summary>
    public void Write(int timestep, string text)
    {
        Write(0, timestep, text);
        Write(1, timestep, text);
    }

    public string Read(string table) => File.ReadAllText(folder.File("out", table));

    /// <summary>Compares all tables with those of an uninterrupted run.</summary>
    public async Task AssertSameAsUninterruptedAsync(string more = "")
    {
        var whole = await CliRun.RunAsync($"replay --data {{0}} --out {{1}}{more}", Data, Other);
        Assert.Equal(0, whole.ExitCode);
        foreach (var table in Tables.Where(x => File.Exists(folder.File("other", x))))
        {
            Assert.Equal(File.ReadAllText(folder.File("other", table)), Read(table));
        }
    }
}
