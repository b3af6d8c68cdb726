using System.Text.Json;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    [Fact]
    public async Task A_definition_is_created_once_and_then_the_same()
    {
        var created = await Put("/v1/experiments/price", Price);
        Assert.Equal(201, created.Status);
        Assert.Equal("/v1/experiments/price", created.Headers.Location!.ToString());
        Assert.Equal("running", created.Json.GetProperty("status").GetString());

        var same = await Put("/v1/experiments/price", Price);
        Assert.Equal(200, same.Status);
        Assert.Equal(created.Headers.ETag, same.Headers.ETag);
        Assert.Equal(created.Text, same.Text);
    }

    [Fact]
    public async Task An_experiment_shows_its_definition_and_its_state()
    {
        await Put("/v1/experiments/price", Price);
        var json = (await Get("/v1/experiments/price")).Json;
        Assert.Equal("price", json.GetProperty("id").GetString());
        Assert.Equal("Price", json.GetProperty("name").GetString());
        Assert.Equal(19, json.GetProperty("alternatives")[0].GetProperty("value").GetInt32());
        Assert.Equal(10_000, json.GetProperty("weights").EnumerateObject().Sum(w => w.Value.GetInt32()));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("outcome").ValueKind);
        Assert.Equal("best", json.GetProperty("outcomeRule").GetProperty("rule").GetString());
        Assert.EndsWith("Z", json.GetProperty("createdAt").GetString());
    }

    [Fact]
    public async Task A_definition_can_be_read_changed_and_put_again()
    {
        await Put("/v1/experiments/price", Price);
        var definition = await Get("/v1/experiments/price/definition");
        var tag = definition.Headers.ETag!.ToString();
        Assert.Equal(200, (await Put("/v1/experiments/price", definition.Text, ("If-Match", tag))).Status);
        Assert.Equal(200, (await Put("/v1/experiments/price", definition.Text.Replace("\"Price\"", "\"Better\"", StringComparison.Ordinal), ("If-Match", tag))).Status);
        Assert.Equal(412, (await Put("/v1/experiments/price", definition.Text, ("If-Match", tag))).Status);
    }

    [Fact]
    public async Task If_none_match_star_only_creates()
    {
        Assert.Equal(201, (await Put("/v1/experiments/price", Price, ("If-None-Match", "*"))).Status);
        Assert.Equal(412, (await Put("/v1/experiments/price", Price, ("If-None-Match", "*"))).Status);
        Assert.Equal("precondition-malformed", (await Put("/v1/experiments/price", Price, ("If-None-Match", "\"x\""))).Code);
        Assert.Equal("precondition-malformed", (await Put("/v1/experiments/price", Price, ("If-Match", "x"))).Code);
    }

    [Fact]
    public async Task If_match_star_only_changes_what_exists()
    {
        Assert.Equal("etag-mismatch", (await Put("/v1/experiments/price", Price, ("If-Match", "*"))).Code);
        Assert.Equal(404, (await Get("/v1/experiments/price")).Status);
        await Put("/v1/experiments/price", Price);
        Assert.Equal(200, (await Put("/v1/experiments/price", Price.Replace("\"Price\"", "\"Better\"", StringComparison.Ordinal), ("If-Match", "*"))).Status);
        Assert.Equal("etag-mismatch", (await Put("/v1/experiments/price", Price, ("If-Match", "\"*\""))).Code);
        Assert.Equal(204, (await Delete("/v1/experiments/price", ("If-Match", "*"))).Status);
    }

    [Fact]
    public async Task Whoever_has_the_version_is_not_sent_it_again()
    {
        await Put("/v1/experiments/price", Price);
        var tag = (await Get("/v1/experiments/price")).Headers.ETag!.ToString();
        var again = await Get("/v1/experiments/price", ("If-None-Match", tag));
        Assert.Equal(304, again.Status);
        Assert.Empty(again.Text);
        Assert.Equal(200, (await Get("/v1/experiments/price", ("If-None-Match", "\"other\""))).Status);
    }

    [Fact]
    public async Task An_experiment_goes_through_its_life()
    {
        await Put("/v1/experiments/price", Price[..^1] + ",\"start\":false}");
        Assert.Equal("draft", await StatusOf("price"));
        Assert.Equal("running", await After("start"));
        Assert.Equal("disabled", await After("disable"));
        Assert.Equal("running", await After("enable", "{}"));
        Assert.Equal("completed", await After("complete", """{"outcome":"b"}"""));
        Assert.Equal("b", (await Get("/v1/experiments/price")).Json.GetProperty("outcome").GetString());
        Assert.Equal(409, (await Post("/v1/experiments/price/enable", null)).Status);
        Assert.Equal(200, (await Post("/v1/experiments/price/reset", """{"seed":"again"}""")).Status);
        Assert.Equal(204, (await Delete("/v1/experiments/price")).Status);
        Assert.Equal("experiment-not-found", (await Get("/v1/experiments/price")).Code);

        async Task<string?> After(string verb, string? body = null)
        {
            var reply = await Post($"/v1/experiments/price/{verb}", body);
            Assert.Equal(200, reply.Status);
            Assert.Equal(await StatusOf("price"), reply.Json.GetProperty("status").GetString());
            return reply.Json.GetProperty("status").GetString();
        }
    }

    [Fact]
    public async Task An_unknown_outcome_is_named()
    {
        await Define("price");
        var reply = await Post("/v1/experiments/price/complete", """{"outcome":"z"}""");
        Assert.Equal(422, reply.Status);
        Assert.Equal("running", await StatusOf("price"));
    }

    [Fact]
    public async Task Weights_are_set_by_hand_with_a_reason()
    {
        await Define("price");
        var reply = await Put("/v1/experiments/price/weights", """{"weights":{"a":1,"b":3},"reason":"b looks good"}""");
        Assert.Equal(200, reply.Status);
        Assert.Equal(7_500, reply.Json.GetProperty("weights").GetProperty("b").GetInt32());
        Assert.Equal(1, reply.Json.GetProperty("epoch").GetInt32());

        Refused(await Put("/v1/experiments/price/weights", """{"weights":{"a":1,"b":3}}"""), 422, "missing-field", "$.reason");
        Refused(await Put("/v1/experiments/price/weights", """{"reason":"x"}"""), 422, "missing-field", "$.weights");
        Refused(await Put("/v1/experiments/price/weights", """{"weights":{"a":"1"},"reason":"x"}"""), 400, "wrong-type", "$.weights.a");
        Refused(await Put("/v1/experiments/price/weights", """{"weights":{"a":1,"a":2},"reason":"x"}"""), 400, "duplicate-field", "$.weights.a");
        Refused(await Put("/v1/experiments/price/weights", """{"weights":[1],"reason":"x"}"""), 400, "wrong-type", "$.weights");
    }

    [Fact]
    public async Task Experiments_are_listed_by_id_page_by_page()
    {
        foreach (var id in new[] { "c", "a", "b" })
        {
            await Define(id);
        }

        var first = (await Get("/v1/experiments?limit=2")).Json;
        Assert.Equal(["a", "b"], Ids(first));
        Assert.Equal("b", first.GetProperty("next").GetString());
        var last = (await Get("/v1/experiments?limit=2&after=b")).Json;
        Assert.Equal(["c"], Ids(last));
        Assert.Equal(JsonValueKind.Null, last.GetProperty("next").ValueKind);
        Assert.Equal("out-of-range", (await Get("/v1/experiments?limit=0")).Code);
        Assert.Equal("wrong-type", (await Get("/v1/experiments?limit=many")).Code);
        Refused(await Get("/v1/experiments?limt=2"), 400, "unknown-parameter", "?limt");
        Refused(await Get("/v1/experiments?limit=2&limit=3"), 400, "duplicate-parameter", "?limit");

        static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetString()!);
    }

    [Fact]
    public async Task Decisions_and_epochs_are_listed()
    {
        await Define("price");
        var decision = (await Get("/v1/experiments/price/decisions")).Json.GetProperty("items")[0];
        Assert.Equal("created", decision.GetProperty("kind").GetString());
        Assert.Equal(1, decision.GetProperty("number").GetInt64());
        var epoch = (await Get("/v1/experiments/price/epochs")).Json.GetProperty("items")[0];
        Assert.Equal(0, epoch.GetProperty("number").GetInt32());
        Assert.Equal(404, (await Get("/v1/experiments/none/decisions")).Status);
        Assert.Equal("wrong-type", (await Get("/v1/experiments/price/epochs?after=x")).Code);
    }

    [Fact]
    public async Task A_bad_definition_names_every_field_by_its_path()
    {
        var reply = await Put("/v1/experiments/price", """{"alternatives":[{"key":"a"},{"key":"a"}],"nme":"x","start":"yes"}""");
        Assert.Equal(400, reply.Status);
        Assert.Contains("$.nme", Paths(reply));
        Assert.Contains("$.start", Paths(reply));
        Assert.Equal(404, (await Get("/v1/experiments/price")).Status);

        Assert.Equal(422, (await Put("/v1/experiments/price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"c"}""")).Status);
        Assert.Equal(422, (await Put("/v1/experiments/Price", "{}")).Status);
        Assert.Equal(400, (await Put("/v1/experiments/price", "{")).Status);
        Assert.Equal("not-yet", (await Put("/v1/experiments/price", """{"targeting":{"condition":{"country":"DE"}}}""")).Code);
    }

    [Theory]
    [InlineData("start", """{"now":true}""", 400, "unknown-field")]
    [InlineData("start", "[]", 400, "wrong-type")]
    [InlineData("reset", """{"seed":1}""", 400, "wrong-type")]
    [InlineData("reset", """{"seed":"a","seed":"b"}""", 400, "duplicate-field")]
    [InlineData("complete", """{"outcome":"b"} {}""", 400, "malformed-json")]
    [InlineData("complete", """{"outcome":"b",}""", 400, "malformed-json")]
    [InlineData("complete", "{\"outcome\":\"\\ud800\"}", 400, "invalid-unicode")]
    public async Task A_bad_command_is_refused_and_changes_nothing(string verb, string body, int status, string code)
    {
        await Define("price");
        var before = await Get("/v1/experiments/price");
        Refused(await Post($"/v1/experiments/price/{verb}", body), status, code);
        Assert.Equal(before.Text, (await Get("/v1/experiments/price")).Text);
    }

    private const string Price = """{"name":"Price","alternatives":[{"key":"a","value":19},{"key":"b","value":25}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""";

    private static IEnumerable<string> Paths(Reply reply) => reply.Json.GetProperty("errors").EnumerateObject().Select(e => e.Name);

    private static void Refused(Reply reply, int status, string code, string? path = null)
    {
        Assert.Equal((status, code), (reply.Status, reply.Code));
        if (path is not null)
        {
            Assert.Equal([path], Paths(reply));
            Assert.All(reply.Json.GetProperty("errors").EnumerateObject(), e => Assert.NotEmpty(e.Value[0].GetString()!));
        }
    }

    private async Task<string?> StatusOf(string id) => (await Get($"/v1/experiments/{id}")).Json.GetProperty("status").GetString();
}
