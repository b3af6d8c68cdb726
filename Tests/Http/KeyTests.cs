using Bandstand.Api;

namespace Bandstand.Tests.Http;

/// <summary>Who may do what, and from which pages.</summary>
public sealed class KeyTests
{
    private const string Question = """{"identity":"u1"}""";

    [Fact]
    public async Task Without_a_key_nothing_is_done()
    {
        await using var server = await Start();
        var reply = await Ask(server, "GET", "/v1/experiments");
        Assert.Equal((401, "key-missing"), (reply.Status, reply.Code));
        Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.ToString());
        Assert.Equal("key-missing", (await Ask(server, "GET", "/v1/experiments", ("Authorization", "Basic YTpi"))).Code);
        Assert.Equal("key-missing", (await Ask(server, "POST", "/v1/events", [])).Code);
    }

    [Theory]
    [InlineData("Admi")]
    [InlineData("Admin0")]
    [InlineData("admin")]
    [InlineData("x")]
    public async Task A_wrong_key_is_refused(string key)
    {
        await using var server = await Start();
        Assert.Equal((401, "key-wrong"), Outcome(await Ask(server, "GET", "/v1/experiments", ("Authorization", $"Bearer {key}"))));
        Assert.Equal((401, "key-wrong"), Outcome(await Ask(server, "GET", $"/v1/experiments?key={Uri.EscapeDataString(key)}")));
    }

    [Fact]
    public async Task A_very_long_key_is_refused()
    {
        await using var server = await Start();
        Assert.Equal((401, "key-wrong"), Outcome(await Ask(server, "GET", "/v1/experiments", ("Authorization", $"Bearer {new string('x', 5_000)}"))));
    }

    [Fact]
    public async Task The_admin_key_may_do_everything()
    {
        await using var server = await Start();
        Assert.Equal(200, (await Ask(server, "GET", "/v1/experiments", ("Authorization", "Bearer Admin"))).Status);
        Assert.Equal(200, (await Ask(server, "GET", "/v1/experiments", ("Authorization", "bearer Admin"))).Status);
        Assert.Equal(200, (await Ask(server, "GET", "/v1/experiments?key=Admin&limit=1")).Status);
        Assert.Equal(200, (await server.Send("POST", "/v1/experiments/a/assignments?key=Admin", Bytes(Question))).Status);
    }

    [Fact]
    public async Task The_client_key_may_assign_and_send_events_only()
    {
        await using var server = await Start();
        var key = ("Authorization", "Bearer Client");
        Assert.Equal(200, (await server.Send("POST", "/v1/experiments/a/assignments", Bytes(Question), headers: key)).Status);
        Assert.Equal(200, (await server.Send("GET", "/v1/experiments/a/assignments/u1", null, headers: key)).Status);
        Assert.Equal(200, (await server.Send("POST", "/v1/events", Bytes("{}"), "application/x-ndjson", key)).Status);

        var admin = 0;
        foreach (var (path, method, operation) in (await server.Description()).Operations)
        {
            if (operation.GetProperty("description").GetString()!.Contains("the admin key,", StringComparison.Ordinal)
                && !operation.GetProperty("description").GetString()!.Contains("client", StringComparison.Ordinal))
            {
                admin++;
                var reply = await Ask(server, method, path.Replace("{id}", "a", StringComparison.Ordinal).Replace("{identity}", "u1", StringComparison.Ordinal).Replace("{metric}", "m", StringComparison.Ordinal).Replace("{t}", "1", StringComparison.Ordinal), key);
                Assert.Equal((path, 403, "key-not-allowed"), (path, reply.Status, reply.Code));
            }
        }

        Assert.True(admin > 15);
        Assert.Equal(200, (await Ask(server, "GET", "/v1/experiments/a?key=Admin")).Status);
    }

    [Fact]
    public async Task Health_and_the_description_need_no_key()
    {
        await using var server = await Start();
        foreach (var path in new[] { "/healthz", "/readyz", "/openapi/v1.json" })
        {
            Assert.Equal(200, (await Ask(server, "GET", path)).Status);
        }
    }

    [Fact]
    public async Task No_key_is_ever_logged()
    {
        await using var server = await Start(new FakeExperiments { Before = () => throw new InvalidOperationException("broken") });
        Assert.Equal(500, (await Ask(server, "GET", "/v1/experiments?key=Admin")).Status);
        Assert.Equal(500, (await server.Send("GET", "/v1/participants/somebody?key=Admin", null)).Status);
        Assert.NotEmpty(server.Log.Lines);
        Assert.DoesNotContain(server.Log.Lines, l => l.Contains("Admin", StringComparison.Ordinal) || l.Contains("somebody", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_call()
    {
        await using var server = await Start();
        var page = ("Origin", "https://shop.example");
        var asked = await server.Send("OPTIONS", "/v1/experiments/a/assignments", null, headers: [page, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type")]);
        Assert.Equal(204, asked.Status);
        Assert.Equal("https://shop.example", Header(asked, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(asked, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", Header(asked, "Access-Control-Allow-Headers"), StringComparison.Ordinal);

        var answered = await server.Send("POST", "/v1/experiments/a/assignments?key=Client", Bytes(Question), headers: page);
        Assert.Equal("https://shop.example", Header(answered, "Access-Control-Allow-Origin"));
        Assert.Contains("Origin", Header(answered, "Vary"), StringComparison.Ordinal);
        var refused = await server.Send("POST", "/v1/experiments/none/assignments?key=Client", Bytes(Question), headers: page);
        Assert.Equal((404, "https://shop.example"), (refused.Status, Header(refused, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not()
    {
        await using var server = await Start();
        var asked = await server.Send("OPTIONS", "/v1/events", null, headers: [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")]);
        Assert.Equal((204, ""), (asked.Status, Header(asked, "Access-Control-Allow-Origin")));
        Assert.Equal("", Header(asked, "Access-Control-Allow-Methods"));
    }

    [Fact]
    public async Task A_beacon_of_a_page_is_taken()
    {
        await using var server = await Start();
        var sent = await server.Send("POST", "/v1/events?key=Client&producer=tab-7/0", Bytes("""{"metric":"signup","identity":"u1"}"""), "text/plain;charset=UTF-8", ("Origin", "https://shop.example"));
        Assert.Equal(200, sent.Status);
        Assert.Equal(1, sent.Json.GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData(null, "Client")]
    [InlineData("Same", "Same")]
    [InlineData("", null)]
    [InlineData("with space", null)]
    public void Keys_that_do_not_fit_together_are_refused_at_the_start(string? admin, string? client) =>
        Assert.Throws<ArgumentException>(() => new Keys(new ApiOptions { AdminKey = admin, ClientKey = client }));

    private static async Task<RunningServer> Start(FakeExperiments? experiments = null)
    {
        var server = await RunningServer.Start(
            experiments ?? new FakeExperiments(), new ApiOptions { AdminKey = "Admin", ClientKey = "Client", AllowedOrigins = ["https://shop.example", "https://other.example"] });
        if (experiments is null)
        {
            Assert.Equal(201, (await server.Send("PUT", "/v1/experiments/a?key=Admin", Bytes("{}"))).Status);
        }

        return server;
    }

    private static Task<Reply> Ask(RunningServer server, string method, string path, params (string Name, string Value)[] headers) =>
        server.Send(method, path, null, headers: headers);

    private static (int, string?) Outcome(Reply reply) => (reply.Status, reply.Code);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Header(Reply reply, string name) => reply.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";
}
