using System.Text.Json;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    [Fact]
    public async Task Somebody_new_is_assigned_once_and_then_keeps_it()
    {
        await Define("price");
        var first = (await Post("/v1/experiments/price/assignments", """{"identity":"u1","attributes":{"country":"DE"},"record":true}""")).Json;
        Assert.Equal("price", first.GetProperty("experiment").GetString());
        Assert.Equal("u1", first.GetProperty("identity").GetString());
        Assert.Equal("assigned", first.GetProperty("reason").GetString());
        Assert.True(first.GetProperty("new").GetBoolean());
        Assert.Equal(0, first.GetProperty("epoch").GetInt32());
        Assert.Equal(0.5, first.GetProperty("probability").GetDouble());
        Assert.Equal(10, first.GetProperty("fingerprint").GetString()!.Length);

        var again = (await Post("/v1/experiments/price/assignments", """{"identity":"u1"}""")).Json;
        Assert.Equal("sticky", again.GetProperty("reason").GetString());
        Assert.False(again.GetProperty("new").GetBoolean());
        Assert.Equal(first.GetProperty("alternative").GetString(), again.GetProperty("alternative").GetString());
    }

    [Fact]
    public async Task Looking_stores_nothing()
    {
        await Define("price");
        Assert.Equal("assigned", Reason(await Post("/v1/experiments/price/assignments", """{"identity":"u1","record":false}""")));
        Assert.Equal("assigned", Reason(await Get("/v1/experiments/price/assignments/u1")));
        Assert.Equal("assigned", Reason(await Post("/v1/experiments/price/assignments", """{"identity":"u1"}""")));
        Assert.Equal("sticky", Reason(await Get("/v1/experiments/price/assignments/u1")));
    }

    [Fact]
    public async Task Many_are_answered_in_order_and_a_repeated_identity_is_new_once()
    {
        await Define("price");
        var reply = await Post("/v1/experiments/price/assignments", """{"identities":["u1","u2","u1"]}""");
        var all = reply.Json.GetProperty("assignments").EnumerateArray().ToList();
        Assert.Equal(["u1", "u2", "u1"], all.Select(a => a.GetProperty("identity").GetString()!));
        Assert.Equal([true, true, false], all.Select(a => a.GetProperty("new").GetBoolean()));
        Assert.Empty((await Post("/v1/experiments/price/assignments", """{"identities":[]}""")).Json.GetProperty("assignments").EnumerateArray());
    }

    [Fact]
    public async Task Ten_thousand_at_once_are_taken_and_one_more_is_not()
    {
        await Define("price");
        var full = await Post("/v1/experiments/price/assignments", Identities(10_000));
        Assert.Equal(10_000, full.Json.GetProperty("assignments").GetArrayLength());
        Refused(await Post("/v1/experiments/price/assignments", Identities(10_001)), 413, "too-many-identities", "$.identities");

        static string Identities(int count) => JsonSerializer.Serialize(new { identities = Enumerable.Range(0, count).Select(i => $"many-{i}") });
    }

    [Theory]
    [InlineData("a/b c?d#e%f")]
    [InlineData("Zoë 🎈")]
    [InlineData("..")]
    [InlineData("a\"b\\c\n\u0001")]
    [InlineData("0")]
    public async Task An_identity_is_any_text_in_a_body_and_in_a_path(string identity)
    {
        await Define("price");
        var posted = await Post("/v1/experiments/price/assignments", JsonSerializer.Serialize(new { identity }));
        Assert.Equal(identity, posted.Json.GetProperty("identity").GetString());

        // A dot alone cannot stand in a path: clients and servers fold it away.
        if (identity != "..")
        {
            var looked = await Get($"/v1/experiments/price/assignments/{Uri.EscapeDataString(identity)}");
            Assert.Equal((identity, "sticky"), (looked.Json.GetProperty("identity").GetString(), Reason(looked)));
            var held = await Get($"/v1/participants/{Uri.EscapeDataString(identity)}");
            Assert.Equal(identity, held.Json.GetProperty("identity").GetString());
            Assert.Equal(1, held.Json.GetProperty("experiments").GetArrayLength());
        }
    }

    [Fact]
    public async Task An_identity_of_1024_bytes_is_taken_and_a_longer_one_is_not()
    {
        await Define("price");
        var longest = string.Concat(Enumerable.Repeat("é", 512));
        Assert.Equal(200, (await Post("/v1/experiments/price/assignments", $$"""{"identity":"{{longest}}"}""")).Status);
        Assert.Equal("sticky", Reason(await Get($"/v1/experiments/price/assignments/{Uri.EscapeDataString(longest)}")));
        Refused(await Post("/v1/experiments/price/assignments", $$"""{"identity":"{{longest}}x"}"""), 422, "identity-too-long");
    }

    [Theory]
    [InlineData("""{"identity":""}""", 422, "identity-empty")]
    [InlineData("{\"identity\":\"\\ud800\"}", 422, "identity-invalid-unicode")]
    [InlineData("{\"identity\":\"\\udc00\\ud800\"}", 422, "identity-invalid-unicode")]
    [InlineData("{\"identities\":[\"a\",\"\\ud83c\"]}", 422, "identity-invalid-unicode")]
    [InlineData("""{}""", 422, "missing-field")]
    [InlineData("""{"identity":"a","identities":["b"]}""", 422, "missing-field")]
    [InlineData("""{"identity":1}""", 400, "wrong-type")]
    [InlineData("""{"identity":null}""", 400, "wrong-type")]
    [InlineData("""{"identities":"a"}""", 400, "wrong-type")]
    [InlineData("""{"identities":["a",1]}""", 400, "wrong-type")]
    [InlineData("""{"identity":"a","record":"yes"}""", 400, "wrong-type")]
    [InlineData("""{"identity":"a","attributes":[]}""", 400, "wrong-type")]
    [InlineData("""{"identity":"a","attributes":{"x":1,"x":2}}""", 400, "duplicate-field")]
    [InlineData("""{"identity":"a","identity":"b"}""", 400, "duplicate-field")]
    [InlineData("{\"identity\":\"a\",\"attributes\":{\"x\":[\"\\ud800\"]}}", 400, "invalid-unicode")]
    [InlineData("{\"identity\":\"a\",\"attributes\":{\"\\ud800\":1}}", 400, "invalid-unicode")]
    [InlineData("{\"identity\":\"a\",\"\\ud800\":1}", 400, "invalid-unicode")]
    [InlineData("""{"identity":"a","attribute":{}}""", 400, "unknown-field")]
    [InlineData("""{"identity":"a" """, 400, "malformed-json")]
    [InlineData("""{"identity":"a"}x""", 400, "malformed-json")]
    [InlineData("", 400, "malformed-json")]
    [InlineData("""["a"]""", 400, "wrong-type")]
    [InlineData("null", 400, "wrong-type")]
    public async Task A_bad_question_is_refused(string body, int status, string code)
    {
        await Define("price");
        Refused(await Post("/v1/experiments/price/assignments", body), status, code);
        Assert.Empty((await Get("/v1/participants/a")).Json.GetProperty("experiments").EnumerateArray());
    }

    [Fact]
    public async Task Attributes_nested_too_deeply_are_refused()
    {
        await Define("price");
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        Refused(await Post("/v1/experiments/price/assignments", $$"""{"identity":"a","attributes":{{deep}}}"""), 400, "malformed-json");
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%zz")]
    [InlineData("%ff")]
    [InlineData("a%c3")]
    public async Task A_path_that_is_no_text_is_refused(string escaped)
    {
        await Define("price");
        var answer = await RawHttp.Exchange(server.Address, $"GET /v1/experiments/price/assignments/{escaped} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Contains("422", answer.Split('\r')[0], StringComparison.Ordinal);
        Assert.Contains("identity-invalid-unicode", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_experiment_is_not_found()
    {
        Refused(await Post("/v1/experiments/none/assignments", """{"identity":"a"}"""), 404, "experiment-not-found");
        Refused(await Post("/v1/experiments/none/assignments", """{"identities":["a"]}"""), 404, "experiment-not-found");
        Refused(await Get("/v1/experiments/none/assignments/a"), 404, "experiment-not-found");
        Refused(await Post("/v1/experiments/none/forced", """{"identity":"a","alternative":"b"}"""), 404, "experiment-not-found");
    }

    [Fact]
    public async Task Somebody_can_be_shown_an_alternative_by_force()
    {
        await Define("price");
        var forced = await Post("/v1/experiments/price/forced", """{"identity":"u1","alternative":"b"}""");
        Assert.Equal(("b", "forced"), (forced.Json.GetProperty("alternative").GetString(), Reason(forced)));
        Assert.Equal(JsonValueKind.Null, forced.Json.GetProperty("epoch").ValueKind);
        Assert.Equal(JsonValueKind.Null, forced.Json.GetProperty("probability").ValueKind);
        Assert.Equal("assigned", Reason(await Post("/v1/experiments/price/forced", """{"identity":"u1","alternative":null}""")));
        Refused(await Post("/v1/experiments/price/forced", """{"identity":"u1"}"""), 422, "missing-field", "$.alternative");
        Refused(await Post("/v1/experiments/price/forced", """{"alternative":"b"}"""), 422, "missing-field", "$.identity");
    }

    [Fact]
    public async Task All_that_is_held_of_somebody_is_shown_and_erased()
    {
        await Define("price");
        await Post("/v1/experiments/price/assignments", """{"identity":"u1"}""");
        var held = (await Get("/v1/participants/u1")).Json.GetProperty("experiments")[0];
        Assert.Equal("price", held.GetProperty("experiment").GetString());
        Assert.Equal(200, (await Delete("/v1/participants/u1")).Status);
        Assert.Empty((await Get("/v1/participants/u1")).Json.GetProperty("experiments").EnumerateArray());
    }

    private static string? Reason(Reply reply) => reply.Json.GetProperty("reason").GetString();
}
