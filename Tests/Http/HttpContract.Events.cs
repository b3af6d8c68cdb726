using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Bandstand.Api;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    private const string Track = """{"metric":"signup","identity":"u1"}""";

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/ndjson")]
    [InlineData("text/plain")]
    [InlineData("text/plain;charset=UTF-8")]
    public async Task Events_come_one_a_line(string mediaType)
    {
        await Participating();
        var reply = await Send("POST", "/v1/events", $"{Track}\n{Track}\n", mediaType);
        Assert.Equal((200, 2), (reply.Status, Accepted(reply)));
    }

    [Fact]
    public async Task Events_come_as_an_array()
    {
        await Participating();
        var reply = await Post("/v1/events", $"[{Track}]");
        Assert.Equal((200, 1), (reply.Status, Accepted(reply)));
    }

    [Fact]
    public async Task Good_lines_count_although_others_are_rejected_by_their_number()
    {
        await Participating();
        var json = (await Lines("/v1/events", $"{Track}\nnonsense\n{Track}\n")).Json;
        Assert.Equal((2, 1), (json.GetProperty("accepted").GetInt32(), json.GetProperty("rejectedCount").GetInt32()));
        Assert.Equal(2, json.GetProperty("rejected")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task An_empty_body_holds_no_events()
    {
        Assert.Equal((200, 0), (await Lines("/v1/events", "") is var whole ? whole.Status : 0, Accepted(whole)));
        Assert.Equal(0, Accepted(await Stream("")));
    }

    [Fact]
    public async Task A_body_without_a_length_is_applied_the_same()
    {
        await Participating();
        var json = JsonElement.Parse(await Stream($"{Track}\nnonsense\n{Track}"));
        Assert.Equal((2, 1), (json.GetProperty("accepted").GetInt32(), json.GetProperty("rejectedCount").GetInt32()));
        Assert.Equal(2, json.GetProperty("rejected")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Lines_are_numbered_through_all_the_pieces_of_a_body()
    {
        await Participating();
        var lines = string.Concat(Enumerable.Range(0, 60_000).Select(i => i % 10_000 == 9_999 ? "nonsense\n" : Track + "\n"));
        var json = JsonElement.Parse(await Stream(lines));
        Assert.Equal(59_994, json.GetProperty("accepted").GetInt64());
        Assert.Equal(
            [10_000L, 20_000, 30_000, 40_000, 50_000, 60_000],
            json.GetProperty("rejected").EnumerateArray().Select(r => r.GetProperty("line").GetInt64()));
    }

    [Fact]
    public async Task At_most_a_hundred_rejections_are_listed()
    {
        var json = JsonElement.Parse(await Stream(string.Concat(Enumerable.Repeat("nonsense\n", 300_000))));
        Assert.Equal(300_000, json.GetProperty("rejectedCount").GetInt64());
        Assert.Equal(Enumerable.Range(1, 100), json.GetProperty("rejected").EnumerateArray().Select(r => r.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_line_too_long_is_rejected_alone()
    {
        await Participating();
        var json = JsonElement.Parse(await Stream($"{Track}\n\"{new string('x', 3 << 20)}\"\n{Track}\nnonsense\n"));
        Assert.Equal((2, 2), (json.GetProperty("accepted").GetInt32(), json.GetProperty("rejectedCount").GetInt32()));
        Assert.Equal("line-too-long", json.GetProperty("rejected")[0].GetProperty("code").GetString());
        Assert.Equal([2, 4], json.GetProperty("rejected").EnumerateArray().Select(r => r.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task What_has_arrived_is_applied_although_the_body_goes_on()
    {
        await Participating();
        using var raw = await RawHttp.Connect(server.Address);
        await raw.Send("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
        await raw.Send(Chunk(Track + "\n" + Track[..5]));
        await Eventually(async () => await Converted("u1") == 1);
        await raw.Send(Chunk(Track[5..] + "\n"));
        await Eventually(async () => await Converted("u1") == 2);
        await raw.Send("0\r\n\r\n");
        Assert.Contains("\"accepted\":2", await raw.ReadUntil("}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_what_was_whole()
    {
        await Participating();
        using var raw = await RawHttp.Connect(server.Address);
        await raw.Send("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
        await raw.Send(Chunk(Track + "\n" + Track));
        raw.HalfClose();
        Assert.DoesNotContain("200", await raw.ReadToEnd(), StringComparison.Ordinal);
        await Eventually(async () => await Converted("u1") == 1);
    }

    [Fact]
    public async Task A_batch_of_a_producer_that_breaks_off_counts_nothing()
    {
        await Participating();
        using (var raw = await RawHttp.Connect(server.Address))
        {
            await raw.Send("POST /v1/events?producer=p/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n");
            await raw.Send(Track + "\n");
            raw.HalfClose();
            Assert.DoesNotContain("200", await raw.ReadToEnd(), StringComparison.Ordinal);
        }

        Assert.Equal(0, await Converted("u1"));
    }

    [Fact]
    public async Task A_body_may_be_gzip()
    {
        await Participating();
        Assert.Equal(2, Accepted(await server.Send("POST", "/v1/events", Zip($"{Track}\n{Track}\n"), "application/x-ndjson", ("Content-Encoding", "gzip"))));
        Assert.Equal(1, Accepted(await server.Send("POST", "/v1/events?producer=p/1", Zip(Track), "application/x-ndjson", ("Content-Encoding", "gzip"))));
        Assert.Equal(200, (await server.Send("POST", "/v1/experiments/price/assignments", Zip("""{"identity":"u2"}"""), headers: ("Content-Encoding", "gzip"))).Status);
    }

    [Fact]
    public async Task A_body_that_only_says_it_is_gzip_is_refused()
    {
        await Define("price");
        Refused(await server.Send("POST", "/v1/experiments/price/assignments", Encoding.UTF8.GetBytes("""{"identity":"u2"}"""), headers: ("Content-Encoding", "gzip")), 400, "body-broken");
        Refused(await server.Send("POST", "/v1/events", "nonsense"u8.ToArray(), "text/plain", ("Content-Encoding", "gzip")), 400, "body-broken");
        Refused(await server.Send("POST", "/v1/events", Zip(string.Concat(Enumerable.Repeat("nonsense\n", 1000)))[..^12], "text/plain", ("Content-Encoding", "gzip")), 400, "body-broken");
        Refused(await server.Send("POST", "/v1/events", "nonsense"u8.ToArray(), "text/plain", ("Content-Encoding", "br")), 415, "content-encoding-unsupported");
    }

    [Fact]
    public async Task A_small_body_that_inflates_past_the_limit_is_refused()
    {
        var bomb = Zip(new string(' ', 64 << 20));
        Assert.True(bomb.Length < 1 << 20);
        Refused(await server.Send("POST", "/v1/events", bomb, headers: ("Content-Encoding", "gzip")), 413, "body-too-large");
        Refused(await server.Send("PUT", "/v1/experiments/price", bomb, headers: ("Content-Encoding", "gzip")), 413, "body-too-large");
    }

    [Theory]
    [InlineData("/v1/events?producer=p")]
    [InlineData("/v1/events?producer=/1")]
    [InlineData("/v1/events?producer=p/-1")]
    [InlineData("/v1/events?producer=p/x")]
    [InlineData("/v1/events?producer=p/99999999999999999999")]
    [InlineData("/v1/events?producer=")]
    public async Task A_producer_that_cannot_be_read_is_refused(string path)
    {
        await Participating();
        Refused(await Lines(path, Track), 400, "invalid-producer");
        Refused(await Lines("/v1/events?producer=p/1", Track, ("Bandstand-Producer", "p/2")), 400, "invalid-producer");
        Refused(await Lines("/v1/events", Track, ("Bandstand-Producer", new string('p', 129) + "/2")), 400, "invalid-producer");
        Assert.Equal(0, await Converted("u1"));
    }

    [Fact]
    public async Task A_batch_sent_again_counts_nothing_twice()
    {
        await Participating();
        Assert.Equal(2, Accepted(await Lines("/v1/events", $"{Track}\n{Track}\n", ("Bandstand-Producer", "shop/till/7"))));
        var again = await Lines("/v1/events?producer=shop%2Ftill%2F7", $"{Track}\n{Track}\n");
        Assert.Equal((0, 2), (Accepted(again), again.Json.GetProperty("duplicates").GetInt32()));
        Assert.Equal(2, await Converted("u1"));
    }

    [Fact]
    public async Task A_large_array_is_refused_and_a_large_body_of_lines_is_not()
    {
        await using var small = await StartServer(new ApiOptions { MaxBatchBytes = 1 << 20 });
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Track + "\n", 50_000)));
        Assert.True(lines.Length > 1 << 20);
        Assert.Equal(200, (await small.Send("POST", "/v1/events", lines, "application/x-ndjson")).Status);
        Refused(await small.Send("POST", "/v1/events?producer=p/0", lines, "application/x-ndjson"), 413, "body-too-large");
        Refused(await small.Send("POST", "/v1/events", lines), 413, "body-too-large");
    }

    private static string Chunk(string text) => $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n";

    private static int Accepted(Reply reply) => reply.Json.GetProperty("accepted").GetInt32();

    private static int Accepted(string json) => JsonElement.Parse(json).GetProperty("accepted").GetInt32();

    private static byte[] Zip(string text)
    {
        using var buffer = new MemoryStream();
        using (var zip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return buffer.ToArray();
    }

    /// <summary>Sends lines without saying how many bytes there will be.</summary>
    private async Task<string> Stream(string lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/v1/events"));
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(lines));
        request.Content = new StreamContent(body);
        request.Content.Headers.ContentType = new("application/x-ndjson");
        request.Headers.TransferEncodingChunked = true;
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>An experiment with the metric signup in which u1 takes part.</summary>
    private async Task Participating()
    {
        await Define("price");
        Assert.Equal(200, (await Post("/v1/experiments/price/assignments", """{"identity":"u1"}""")).Status);
    }

    /// <summary>How often somebody converted.</summary>
    private async Task<double> Converted(string identity)
    {
        var held = (await Get($"/v1/participants/{identity}")).Json.GetProperty("experiments").EnumerateArray();
        return held.Sum(e => e.GetProperty("totals").TryGetProperty("signup", out var total) ? total.GetDouble() : 0);
    }

    /// <summary>Asks until it is so; what never comes ends with the test's own time.</summary>
    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
