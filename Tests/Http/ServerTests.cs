using System.Text;
using Bandstand.Ports;
using Bandstand.Server;
using Bandstand.Storage;

namespace Bandstand.Tests.Http;

/// <summary>The server as it is started from a command line.</summary>
public sealed class ServerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("bandstand-").FullName;

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        using (var client = await Started())
        {
            await client.Ok("PUT", "/v1/experiments/price", """{"metrics":[{"id":"signup"}]}""");
            Assert.Contains("\"new\":true", await client.Ok("POST", "/v1/experiments/price/assignments", """{"identity":"u1"}"""), StringComparison.Ordinal);
            Assert.Contains("\"accepted\":1", await client.Ok("POST", "/v1/events", """[{"metric":"signup","identity":"u1"}]"""), StringComparison.Ordinal);
            Assert.Equal((0, ""), await client.Stop());
            Assert.Contains($"Bandstand listens on {client.Address} and keeps its data in {folder}", client.Output, StringComparison.Ordinal);
            Assert.Single(client.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        using var again = await Started();
        Assert.Contains("\"reason\":\"sticky\"", await again.Ok("POST", "/v1/experiments/price/assignments", """{"identity":"u1"}"""), StringComparison.Ordinal);
        Assert.Contains("\"signup\":1", await again.Ok("GET", "/v1/participants/u1", null), StringComparison.Ordinal);
        Assert.Equal((0, ""), await again.Stop());
    }

    [Fact]
    public async Task Nothing_is_stored_when_nothing_is_to_be_collected()
    {
        using var client = await Started("--collect", "false");
        await client.Ok("PUT", "/v1/experiments/price", """{"metrics":[{"id":"signup"}]}""");
        await client.Ok("POST", "/v1/experiments/price/assignments", """{"identity":"u1"}""");
        Assert.Contains("\"experiments\":[]", await client.Ok("GET", "/v1/participants/u1", null), StringComparison.Ordinal);
        await client.Stop();
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--urls", "http://0.0.0.0:0")]
    [InlineData("--keep-events")]
    public async Task Wrong_usage_is_one_line_and_code_2(params string[] args)
    {
        var (code, output, error) = await Run([.. args, "--data", folder]);
        Assert.Equal((2, ""), (code, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_folder_that_is_in_use_is_one_line_and_code_1()
    {
        using var first = await Started();
        var (code, output, error) = await Run(["--data", folder, "--urls", "http://127.0.0.1:0"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await first.Ok("GET", "/readyz", null);
        await first.Stop();
    }

    [Theory]
    [InlineData(ActorKind.Experiment, "price", "Entry 2 of experiment \"price\"")]
    [InlineData(ActorKind.Shard, "price", "of shard 0 of experiment \"price\" (generation 1)")]
    [InlineData(ActorKind.Metrics, "", "of the daily totals")]
    public async Task What_another_version_wrote_is_one_line_and_code_1_and_is_left_as_it_is(ActorKind kind, string name, string named)
    {
        using (var client = await Started())
        {
            await client.Ok("PUT", "/v1/experiments/price", """{"metrics":[{"id":"signup"}],"shards":1}""");
            await client.Ok("PUT", "/v1/experiments/other", """{"metrics":[{"id":"signup"}],"shards":1}""");
            await client.Ok("POST", "/v1/experiments/price/assignments", """{"identity":"u1"}""");
            await client.Ok("POST", "/v1/events", """[{"metric":"signup","identity":"u1"}]""");
            await client.Stop();
        }

        await using (var store = SqliteJournalStore.Open(folder, new SqliteStoreOptions { Host = "server" }))
        {
            var journal = store.Open(new ActorKey(kind, name, kind == ActorKind.Shard ? 1 : 0, 0));
            await journal.Recover(new AnyReplay(), TestContext.Current.CancellationToken);
            await journal.Append("\xff{}"u8);
        }

        var file = Path.Combine(folder, "bandstand.db");
        var before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        var (code, output, error) = await Run(["--data", folder, "--urls", "http://127.0.0.1:0"]);

        Assert.Equal((1, ""), (code, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains($" in {file} is as it was written, but this version cannot read it: ", error, StringComparison.Ordinal);
        Assert.Contains("Run the version that wrote it, or restore the data from a backup.", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_one_line_and_code_1()
    {
        using var first = await Started();
        var (code, _, error) = await Run(["--data", Path.Combine(folder, "other"), "--urls", first.Address]);
        Assert.Equal(1, code);
        Assert.Contains("Cannot listen", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await first.Stop();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Takes whatever is stored.</summary>
    private sealed class AnyReplay : IJournalReplay
    {
        public void Begin()
        {
        }

        public void SnapshotPart(ReadOnlySpan<byte> part)
        {
        }

        public void Entry(ReadOnlySpan<byte> entry)
        {
        }

        public void End()
        {
        }
    }

    private static async Task<(int Code, string Output, string Error)> Run(string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ServerHost.Run(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private Task<Started> Started(params string[] args) => Http.Started.Start(["--data", folder, "--urls", "http://127.0.0.1:0", .. args]);
}

/// <summary>A server that runs inside this process, and a client of it.</summary>
internal sealed class Started : IDisposable
{
    private readonly HttpClient client = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private readonly TaskCompletionSource<Microsoft.AspNetCore.Builder.WebApplication> started = new();
    private Task<int> running = null!;

    public string Address { get; private set; } = "";

    public string Output => output.ToString();

    public static async Task<Started> Start(string[] args)
    {
        var one = new Started();
        one.running = ServerHost.Run(args, one.output, one.error, one.started.SetResult);
        await Task.WhenAny(one.running, one.started.Task);
        Assert.True(one.started.Task.IsCompleted, one.error.ToString());
        one.Address = (await one.started.Task).Urls.First();
        return one;
    }

    public async Task<string> Ok(string method, string path, string? json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Address + path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    public async Task<(int Code, string Error)> Stop()
    {
        await (await started.Task).StopAsync();
        return (await running, error.ToString());
    }

    public void Dispose() => client.Dispose();
}
