using System.Text.Json;
using Bandstand.Api;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1")]
    [InlineData("POST", "/v1/experiment")]
    [InlineData("GET", "/v1/experiments/a/b/c/d")]
    [InlineData("GET", "/favicon.ico")]
    [InlineData("GET", "/openapi/v2.json")]
    public async Task A_path_where_nothing_is_is_not_found(string method, string path) =>
        Refused(await Send(method, path, null), 404, "route-not-found");

    [Theory]
    [InlineData("DELETE", "/v1/experiments", "GET, HEAD, OPTIONS")]
    [InlineData("PATCH", "/v1/experiments/a", "PUT, GET, HEAD, DELETE, OPTIONS")]
    [InlineData("GET", "/v1/events", "POST, OPTIONS")]
    [InlineData("POST", "/v1/experiments/a/weights", "PUT, OPTIONS")]
    [InlineData("POST", "/healthz", "GET, HEAD, OPTIONS")]
    [InlineData("BREW", "/v1/experiments/a/history", "GET, HEAD, OPTIONS")]
    public async Task A_wrong_method_is_told_the_right_ones(string method, string path, string allowed)
    {
        var reply = await Send(method, path, null);
        Refused(reply, 405, "method-not-allowed");
        Assert.Contains(allowed, reply.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("PUT", "/v1/experiments/a", "text/plain")]
    [InlineData("PUT", "/v1/experiments/a", null)]
    [InlineData("PUT", "/v1/experiments/a", "application/json; charset=utf-16")]
    [InlineData("POST", "/v1/experiments/a/assignments", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/v1/experiments/a/complete", "text/plain")]
    [InlineData("POST", "/v1/experiments/a/forced", "application/xml")]
    [InlineData("POST", "/v1/events", "text/csv")]
    [InlineData("POST", "/v1/events", null)]
    public async Task Another_content_type_is_told_the_right_one(string method, string path, string? mediaType)
    {
        await Define("a");
        Refused(await server.Send(method, path, "{}"u8.ToArray(), mediaType), 415, "content-type-unsupported");
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json;charset=\"utf-8\"")]
    [InlineData("application/vnd.shop+json")]
    [InlineData("APPLICATION/JSON")]
    public async Task Json_may_be_named_in_full(string mediaType)
    {
        await Define("a");
        Assert.Equal(200, (await Send("POST", "/v1/experiments/a/assignments", """{"identity":"u1"}""", mediaType)).Status);
    }

    [Fact]
    public async Task Head_answers_like_get_without_the_body()
    {
        await Define("a");
        foreach (var path in new[] { "/v1/experiments/a", "/healthz", "/openapi/v1.json", "/v1/experiments" })
        {
            var reply = await Send("HEAD", path, null);
            Assert.Equal((200, ""), (reply.Status, reply.Text));
        }
    }

    [Fact]
    public async Task Health_and_readiness_are_told()
    {
        Assert.Equal("alive", (await Get("/healthz")).Json.GetProperty("status").GetString());
        Assert.Equal("ready", (await Get("/readyz")).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_body_past_its_limit_is_refused_and_changes_nothing()
    {
        await using var small = await StartServer(new ApiOptions { MaxJsonBytes = 1_000, MaxAssignmentBytes = 1_000, MaxBatchBytes = 1_000 });
        Assert.Equal(201, (await small.Send("PUT", "/v1/experiments/a", "{}"u8.ToArray())).Status);
        var large = JsonSerializer.SerializeToUtf8Bytes(new { identity = new string('x', 1_001) });
        Refused(await small.Send("PUT", "/v1/experiments/b", large), 413, "body-too-large");
        Refused(await small.Send("POST", "/v1/experiments/a/assignments", large), 413, "body-too-large");
        Refused(await small.Send("POST", "/v1/events?producer=p/1", large, "application/x-ndjson"), 413, "body-too-large");
        Refused(await small.Send("POST", "/v1/events", large), 413, "body-too-large");
        Refused(await small.Send("POST", "/v1/experiments/a/complete", large), 413, "body-too-large");
        Assert.Equal(404, (await small.Send("GET", "/v1/experiments/b", null)).Status);
        Assert.Equal("running", (await small.Send("GET", "/v1/experiments/a", null)).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_chunked_body_past_its_limit_is_refused_too()
    {
        await using var small = await StartServer(new ApiOptions { MaxJsonBytes = 1_000 });
        using var raw = await RawHttp.Connect(small.Address);
        await raw.Send("PUT /v1/experiments/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        await raw.Send($"1000\r\n{new string('x', 0x1000)}\r\n");
        Assert.Contains("body-too-large", await raw.ReadUntil("}"), StringComparison.Ordinal);
    }
}
