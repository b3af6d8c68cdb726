using System.Text.Json;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    private const string SplitAndGuarded = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","segments":["country"],"metrics":[{"id":"signup"},{"id":"errors","goal":"decrease","guardrail":true}]}""";

    [Fact]
    public async Task Segments_are_listed_and_scored()
    {
        await Define("split", SplitAndGuarded);
        await Post("/v1/experiments/split/assignments", """{"identities":["u1","u2","u3"],"attributes":{"country":"DE"}}""");
        await Post("/v1/experiments/split/assignments", """{"identity":"u4"}""");

        var country = (await Get("/v1/experiments/split/segments")).Json.GetProperty("segments")[0];
        var score = (await Get("/v1/experiments/split/score?segment=country:DE")).Json;
        var held = (await Get("/v1/participants/u1")).Json.GetProperty("experiments")[0];

        Assert.Equal("country", country.GetProperty("attribute").GetString());
        Assert.Equal([("DE", 3), ("(none)", 1)], country.GetProperty("values").EnumerateArray().Select(value => (value.GetProperty("value").GetString()!, value.GetProperty("participants").GetInt32())));
        Assert.Equal(1, country.GetProperty("values")[0].GetProperty("sampleRatio").GetProperty("pValue").GetDouble());
        Assert.Equal(("country:DE", 3), (score.GetProperty("segment").GetString(), score.GetProperty("participants").GetInt32()));
        Assert.Equal(0, score.GetProperty("guardrails").GetArrayLength());
        Assert.Equal("DE", held.GetProperty("segments").GetProperty("country").GetString());
        Assert.Equal(404, (await Get("/v1/experiments/none/segments")).Status);
    }

    [Fact]
    public async Task A_bandit_by_segment_shows_weights_by_value()
    {
        await Define("learning", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","segments":["country"],"metrics":[{"id":"signup"}],"allocation":{"policy":"bandit","by":"country","burnIn":20}}""");
        Assert.Equal("country", (await Get("/v1/experiments/learning")).Json.GetProperty("allocation").GetProperty("by").GetString());
        var people = Enumerable.Range(0, 99).Select(i => $"u{i}").ToList();
        await Post("/v1/experiments/learning/assignments", JsonSerializer.Serialize(new { identities = people, attributes = new { country = "DE" } }));
        var more = (await Post("/v1/experiments/learning/assignments", """{"identity":"last","attributes":{"country":"DE"}}""")).Json;
        await Lines("/v1/events", $$"""{"metric":"signup","identity":"{{more.GetProperty("identity").GetString()}}"}""");
        await Post("/v1/experiments/learning/rebalance", "{}");

        var epochs = (await Get("/v1/experiments/learning/epochs")).Json.GetProperty("items").EnumerateArray().ToList();
        var decision = (await Get("/v1/experiments/learning/decisions")).Json.GetProperty("items").EnumerateArray().Last();
        Assert.Equal("country:DE", epochs[^2].GetProperty("segment").GetString());
        Assert.Equal(10_000, epochs[^2].GetProperty("weights").EnumerateObject().Sum(weight => weight.Value.GetInt32()));
        Assert.False(epochs[^1].TryGetProperty("segment", out _));
        var own = decision.GetProperty("segments").EnumerateArray().Single();
        Assert.Equal(("country:DE", 100), (own.GetProperty("segment").GetString(), own.GetProperty("figures").EnumerateArray().Sum(figure => figure.GetProperty("participants").GetInt32())));
    }

    [Fact]
    public async Task A_guardrail_is_in_the_definition_in_the_score_and_in_the_decision_it_made()
    {
        await Define("split", SplitAndGuarded);
        var people = Enumerable.Range(0, 200).Select(i => $"u{i}").ToList();
        var assigned = (await Post("/v1/experiments/split/assignments", JsonSerializer.Serialize(new { identities = people }))).Json.GetProperty("assignments");
        var before = (await Get("/v1/experiments/split/score")).Json.GetProperty("guardrails")[0];
        await Lines("/v1/events", string.Join('\n', people.Where((_, i) => assigned[i].GetProperty("alternative").GetString() == "b").Select(id => $$"""{"metric":"errors","identity":"{{id}}"}""")));

        var after = (await Get("/v1/experiments/split/score")).Json.GetProperty("guardrails")[0];
        var decision = (await Get("/v1/experiments/split/decisions")).Json.GetProperty("items").EnumerateArray().Last();
        var definition = (await Get("/v1/experiments/split")).Json;

        Assert.Equal(("errors", "b", 100, "exact", false), (before.GetProperty("metric").GetString(), before.GetProperty("alternative").GetString(), before.GetProperty("needed").GetInt32(), before.GetProperty("guarantee").GetString(), before.GetProperty("tripped").GetBoolean()));
        Assert.True(after.GetProperty("tripped").GetBoolean());
        Assert.Equal(("guardrail", "drop"), (decision.GetProperty("kind").GetString(), decision.GetProperty("guardrail").GetProperty("action").GetString()));
        Assert.Equal(0, definition.GetProperty("weights").GetProperty("b").GetInt32());
        Assert.Equal("drop", definition.GetProperty("metrics")[1].GetProperty("guardrail").GetProperty("action").GetString());
    }
}
