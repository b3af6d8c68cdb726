using System.Globalization;
using System.Text.Json;
using Bandstand.Api;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    [Theory]
    [InlineData("classic")]
    [InlineData("bayes")]
    [InlineData("fixed")]
    [InlineData("sequential")]
    public async Task A_score_has_its_figures_in_definition_order(string method)
    {
        await Participating();
        await Lines("/v1/events", Track);
        var json = (await Get($"/v1/experiments/price/score?method={method}&metric=signup&probability=90")).Json;
        Assert.Equal((method, "signup", 1), (json.GetProperty("method").GetString(), json.GetProperty("metric").GetString(), json.GetProperty("participants").GetInt32()));
        Assert.Equal(["a", "b"], json.GetProperty("alternatives").EnumerateArray().Select(a => a.GetProperty("alternative").GetString()!));
        Assert.Equal(1, json.GetProperty("questions").GetInt32());
        Assert.Equal(1, json.GetProperty("alternatives").EnumerateArray().Sum(a => a.GetProperty("converted").GetInt32()));
        Assert.Equal([19, 25], json.GetProperty("alternatives").EnumerateArray().Select(a => a.GetProperty("value").GetInt32()));
        foreach (var row in json.GetProperty("alternatives").EnumerateArray())
        {
            var unavailable = row.GetProperty("unavailable");
            Assert.Equal(
                row.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.Null).Select(f => f.Name).Order(StringComparer.Ordinal),
                unavailable.EnumerateObject().Select(f => f.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Weights_that_changed_bring_estimates_by_epoch()
    {
        await Define("price");
        async Task Arrive(string name) => await Post("/v1/experiments/price/assignments", $$"""{"identities":[{{string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"{name}{i}\""))}}]}""");
        await Arrive("early");
        await Put("/v1/experiments/price/weights", """{"weights":{"a":1,"b":3},"reason":"b looks good"}""");
        Assert.False((await Get("/v1/experiments/price/score")).Json.GetProperty("alternatives")[0].TryGetProperty("adaptive", out _));
        await Arrive("late");
        await Lines("/v1/events", string.Join('\n', Enumerable.Range(0, 20).Select(i => $$"""{"metric":"signup","identity":"{{(i < 10 ? "early" : "late")}}{{i}}"}""")));

        var json = (await Get("/v1/experiments/price/score")).Json;
        var adaptive = json.GetProperty("alternatives").EnumerateArray().Select(row => row.GetProperty("adaptive")).ToList();
        Assert.All(adaptive, row => Assert.Equal(2, row.GetProperty("epochs").GetInt32()));
        Assert.All(adaptive, row => Assert.InRange(row.GetProperty("mean").GetDouble(), 0.01, 0.99));
        Assert.Equal(JsonValueKind.Null, adaptive[0].GetProperty("stratified").ValueKind);
        var stratified = adaptive[1].GetProperty("stratified");
        Assert.InRange(stratified.GetProperty("estimate").GetDouble(), stratified.GetProperty("lower").GetDouble(), stratified.GetProperty("upper").GetDouble());
        Assert.Equal("few-conversions", adaptive[1].GetProperty("unavailable").GetProperty("sequence").GetProperty("code").GetString());
        var warned = (await Get("/v1/experiments/price/score?method=fixed")).Json.GetProperty("warnings");
        Assert.Contains(warned.EnumerateArray(), w => w.GetProperty("code").GetString() == "not-valid-under-adaptive-allocation");
    }

    [Fact]
    public async Task A_score_has_its_figures_by_epoch_when_asked()
    {
        await Define("price");
        await Post("/v1/experiments/price/assignments", """{"identities":["u1","u2","u3","u4"]}""");
        await Put("/v1/experiments/price/weights", """{"weights":{"a":1,"b":3},"reason":"b looks good"}""");
        await Post("/v1/experiments/price/assignments", """{"identities":["u5","u6"]}""");
        await Lines("/v1/events", """{"metric":"signup","identity":"u1"}""");

        Assert.False((await Get("/v1/experiments/price/score")).Json.TryGetProperty("epochs", out _));
        var epochs = (await Get("/v1/experiments/price/score?epochs=true")).Json.GetProperty("epochs").EnumerateArray()
            .Select(epoch => epoch.GetProperty("alternatives").EnumerateArray().ToList()).ToList();
        Assert.Equal([4, 2], epochs.Select(rows => rows.Sum(row => row.GetProperty("participants").GetInt32())));
        Assert.Equal([1, 0], epochs.Select(rows => rows.Sum(row => row.GetProperty("converted").GetInt32())));
        Assert.Equal([0.25, 0.75], epochs[1].Select(row => row.GetProperty("probability").GetDouble()));
        Refused(await Get("/v1/experiments/price/score?epochs=yes"), 400, "wrong-type");
    }

    [Theory]
    [InlineData("method=guess", 422, "unknown-method")]
    [InlineData("probability=high", 400, "wrong-type")]
    [InlineData("probability=NaN", 400, "wrong-type")]
    [InlineData("probability=101", 422, "invalid-probability")]
    [InlineData("metric=none", 404, "metric-not-found")]
    [InlineData("segment=country:DE", 404, "segment-not-found")]
    [InlineData("metod=classic", 400, "unknown-parameter")]
    public async Task A_question_for_a_score_that_makes_no_sense_is_refused(string query, int status, string code)
    {
        await Define("price");
        foreach (var what in new[] { "score", "conclusion", "stream" })
        {
            Refused(await Get($"/v1/experiments/price/{what}?{query}"), status, code);
        }

        Refused(await Get("/v1/experiments/none/score"), 404, "experiment-not-found");
    }

    [Fact]
    public async Task A_conclusion_says_in_sentences_what_the_score_means()
    {
        await Define("price");
        var none = (await Get("/v1/experiments/price/conclusion?method=classic")).Json.GetProperty("claims");
        Assert.Contains("no-participants", none.EnumerateArray().Select(c => c.GetProperty("code").GetString()));
        Assert.All(none.EnumerateArray(), c => Assert.NotEmpty(c.GetProperty("text").GetString()!));
    }

    [Fact]
    public async Task Conflicting_exposures_show_in_the_health()
    {
        await Define("price");
        const string Exposure = """{"type":"exposure","experiment":"price","identity":"u1","alternative":"a"}""";
        await Lines("/v1/events", Exposure);
        await Lines("/v1/events", Exposure.Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
        var health = (await Get("/v1/experiments/price/health")).Json;
        Assert.Equal(("price", 1, 0), (health.GetProperty("experiment").GetString(), health.GetProperty("conflicts").GetInt32(), health.GetProperty("held").GetInt32()));
        Assert.Equal(404, (await Get("/v1/experiments/nowhere/health")).Status);
    }

    [Fact]
    public async Task History_and_metrics_show_what_was_gained()
    {
        await Participating();
        await Lines("/v1/events", Track);
        foreach (var unit in new[] { "hour", "day" })
        {
            var history = (await Get($"/v1/experiments/price/history?by={unit}")).Json;
            Assert.Equal(unit, history.GetProperty("by").GetString());
            Assert.Equal(1, history.GetProperty("points").EnumerateArray().Sum(p => p.GetProperty("participants").GetInt32()));
        }

        Refused(await Get("/v1/experiments/price/history?by=week"), 422, "unknown-word", "?by");
        Assert.Equal("signup", (await Get("/v1/metrics")).Json.GetProperty("items")[0].GetProperty("id").GetString());
        var days = (await Get("/v1/metrics/signup/values")).Json.GetProperty("days");
        Assert.Equal((30, 1), (days.GetArrayLength(), days.EnumerateArray().Sum(d => d.GetProperty("events").GetInt32())));
        Assert.Equal(3, (await Get("/v1/metrics/signup/values?from=2026-01-01&to=2026-01-03")).Json.GetProperty("days").GetArrayLength());
        Refused(await Get("/v1/metrics/signup/values?from=2026-01-04&to=2026-01-03"), 422, "out-of-range", "?from");
        Refused(await Get("/v1/metrics/signup/values?to=1.2.2026"), 400, "wrong-type", "?to");
        Assert.Equal(404, (await Get("/v1/metrics/none/values")).Status);
    }

    [Fact]
    public async Task News_arrive_as_server_sent_events()
    {
        await using var quick = await StartServer(new ApiOptions { StreamPeriod = TimeSpan.FromMilliseconds(10) });
        await quick.Send("PUT", "/v1/experiments/price", """{"default":"false","metrics":[{"id":"signup"}]}"""u8.ToArray());
        using var raw = await RawHttp.Connect(quick.Address);
        await raw.Send("GET /v1/experiments/price/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 1-0\r\n\r\n");
        var first = await raw.ReadUntil("event: decision");
        Assert.Contains("text/event-stream", first, StringComparison.Ordinal);
        Assert.Contains("event: counts\ndata: {", first, StringComparison.Ordinal);
        Assert.Contains("event: score\ndata: {", first, StringComparison.Ordinal);
        Assert.Contains("id: 1-1\n", first, StringComparison.Ordinal);

        await quick.Send("POST", "/v1/experiments/price/assignments", """{"identity":"u1"}"""u8.ToArray());
        await raw.ReadUntil("\"participants\":1");
        await quick.Send("POST", "/v1/experiments/price/disable", null);
        await raw.ReadUntil("\"kind\":\"disabled\"");
        await quick.Send("DELETE", "/v1/experiments/price", null);
        await raw.ReadUntil("0\r\n\r\n");
        Assert.Equal(404, (await quick.Send("GET", "/v1/experiments/price/stream", null)).Status);
    }

    [Fact]
    public async Task More_streams_than_are_served_at_once_are_told_to_come_again()
    {
        await using var few = await StartServer(new ApiOptions { MaxStreams = 1 });
        await few.Send("PUT", "/v1/experiments/price", "{}"u8.ToArray());
        using var raw = await RawHttp.Connect(few.Address);
        await raw.Send("GET /v1/experiments/price/stream HTTP/1.1\r\nHost: x\r\n\r\n");
        await raw.ReadUntil("event: score");
        Refused(await few.Send("GET", "/v1/experiments/price/stream", null), 429, "overloaded");
    }

    [Fact]
    public async Task A_timestep_takes_observations_and_closes_with_a_winner()
    {
        await Banner();
        var csv = new System.Text.StringBuilder("banner,product,time,target\n");
        for (var i = 0; i < 200; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{i % 2},shoes,x,{(i % 2 == 1 ? 5 + (i % 3) : i % 3)}\n");
        }

        var sent = await Send("POST", "/v1/experiments/banner/timesteps/0/observations", csv.ToString(), "text/csv", ("Bandstand-Producer", "feed/0"));
        Assert.Equal((200, 200), (sent.Status, Accepted(sent)));
        var again = await Send("POST", "/v1/experiments/banner/timesteps/0/observations?producer=feed/0", csv.ToString(), "text/csv");
        Assert.Equal((200, 0), (again.Status, Accepted(again)));

        var closed = await Post("/v1/experiments/banner/timesteps/0/close", null);
        Assert.Equal((200, "1", "ok", true), (closed.Status, closed.Json.GetProperty("winner").GetString(), closed.Json.GetProperty("status").GetString(), closed.Json.GetProperty("changed").GetBoolean()));
        Assert.Equal(100, closed.Json.GetProperty("alternatives")[1].GetProperty("n").GetInt32());
        Assert.Equal(closed.Text, (await Post("/v1/experiments/banner/timesteps/0/close", "{}")).Text);
        Assert.Equal(409, (await Send("POST", "/v1/experiments/banner/timesteps/0/observations", csv.ToString(), "text/csv")).Status);
    }

    [Fact]
    public async Task Timesteps_are_listed_as_json_and_as_the_table_of_winners()
    {
        await Banner();
        await Send("POST", "/v1/experiments/banner/timesteps/1/observations", "{\"banner\":0,\"target\":1}\n{\"alternative\":\"1\",\"value\":null}\n", "application/x-ndjson");
        Assert.Equal(200, (await Post("/v1/experiments/banner/timesteps/1/close", null)).Status);
        var list = (await Get("/v1/experiments/banner/timesteps")).Json.GetProperty("items");
        Assert.Equal(["missing_file", "std_undefined"], list.EnumerateArray().Select(t => t.GetProperty("status").GetString()!));
        var table = await Get("/v1/experiments/banner/timesteps", ("Accept", "text/csv"));
        Assert.Equal(("text/csv", "timestep,winner\n-1,0\n0,0\n1,0\n"), (table.MediaType, table.Text));
        Assert.Single((await Get("/v1/experiments/banner/timesteps?limit=1&after=0")).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(404, (await Get("/v1/experiments/none/timesteps", ("Accept", "text/csv"))).Status);
    }

    [Theory]
    [InlineData("POST", "/v1/experiments/banner/timesteps/x/close", null, "application/json", 400, "wrong-type")]
    [InlineData("POST", "/v1/experiments/banner/timesteps/-1/close", null, "application/json", 400, "wrong-type")]
    [InlineData("POST", "/v1/experiments/banner/timesteps/0/close", "[]", "application/json", 400, "wrong-type")]
    [InlineData("POST", "/v1/experiments/banner/timesteps/0/observations", "[]", "application/json", 415, "content-type-unsupported")]
    [InlineData("POST", "/v1/experiments/banner/timesteps/0/observations?producer=x", "banner,target\n", "text/csv", 400, "invalid-producer")]
    [InlineData("POST", "/v1/experiments/none/timesteps/0/observations", "banner,target\n", "text/csv", 404, "experiment-not-found")]
    [InlineData("POST", "/v1/experiments/none/timesteps/0/close", null, "application/json", 404, "experiment-not-found")]
    public async Task A_bad_timestep_is_refused(string method, string path, string? body, string mediaType, int status, string code)
    {
        await Banner();
        Refused(await Send(method, path, body, mediaType), status, code);
        Assert.Empty((await Get("/v1/experiments/banner/timesteps")).Json.GetProperty("items").EnumerateArray());
    }

    private async Task Banner() => Assert.Equal(201, (await Put(
        "/v1/experiments/banner",
        """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","metrics":[{"id":"target","kind":"value"}],"allocation":{"policy":"timestep","countMultiplier":5}}""")).Status);
}
