using System.Text;

namespace Bandstand.Tests.Http;

public abstract partial class HttpContract
{
    [Fact]
    public async Task Whichever_of_sample_power_and_effect_is_left_out_is_answered()
    {
        const string Question = "/v1/power?kind=conversion&baseline=0.05&method=fixed";
        var sample = (await Get(Question + "&lift=0.1")).Json;
        Assert.Equal(("participants", 62_468), (sample.GetProperty("solved").GetString(), sample.GetProperty("participants").GetInt64()));

        var power = (await Get(Question + "&difference=0.005&participants=62467")).Json;
        Assert.Equal("power", power.GetProperty("solved").GetString());
        Assert.Equal(0.8, power.GetProperty("power").GetDouble(), 1e-5);

        var effect = (await Get(Question + "&days=10&perDay=6246.7&power=0.8")).Json;
        Assert.Equal(("difference", 10.0), (effect.GetProperty("solved").GetString(), effect.GetProperty("days").GetDouble()));
        Assert.Equal(0.1, effect.GetProperty("lift").GetDouble(), 1e-5);
    }

    [Fact]
    public async Task An_experiment_fills_in_what_is_not_said()
    {
        await Define("price", """{"alternatives":[{"key":"a"},{"key":"b","weight":3}],"default":"b","metrics":[{"id":"signup"},{"id":"spend","kind":"value"}],"scoring":{"confidence":0.9}}""");
        Refused(await Get("/v1/power?experiment=price&lift=0.1"), 422, "missing-field", "?baseline");
        Refused(await Get("/v1/power?experiment=price&metric=spend&difference=1"), 422, "missing-field", "?stdDev");

        var people = string.Join(',', Enumerable.Range(0, 400).Select(i => $"\"u{i}\""));
        await Post("/v1/experiments/price/assignments", $$"""{"identities":[{{people}}]}""");
        var events = new StringBuilder();
        for (var i = 0; i < 400; i += 4)
        {
            events.Append("{\"metric\":\"signup\",\"identity\":\"u").Append(i).Append("\"}\n{\"metric\":\"spend\",\"identity\":\"u").Append(i).Append("\",\"value\":").Append(1 + (i % 7)).Append("}\n");
        }

        await Lines("/v1/events", events.ToString());
        var score = (await Get("/v1/experiments/price/score")).Json.GetProperty("alternatives");
        var plan = (await Get("/v1/power?experiment=price&lift=0.2")).Json;
        Assert.Equal(score[1].GetProperty("rate").GetDouble(), plan.GetProperty("baseline").GetDouble());
        Assert.Equal(["b", "a"], plan.GetProperty("alternatives").EnumerateArray().Select(a => a.GetProperty("alternative").GetString()));
        Assert.Equal((0.75, 0.1, 400), (plan.GetProperty("alternatives")[0].GetProperty("share").GetDouble(), Math.Round(plan.GetProperty("alpha").GetDouble(), 9), plan.GetProperty("present").GetInt32()));

        var values = (await Get("/v1/power?experiment=price&metric=spend&lift=0.2&perDay=100")).Json;
        Assert.Equal("value", values.GetProperty("kind").GetString());
        Assert.Equal(0.25, values.GetProperty("eventShare").GetDouble());
        Assert.Equal((values.GetProperty("participants").GetDouble() - 400) / 100, values.GetProperty("daysLeft").GetDouble());
    }

    [Theory]
    [InlineData("", 422, "missing-field", "?kind ?lift")]
    [InlineData("kind=conversion&baseline=0.05", 422, "missing-field", "?lift")]
    [InlineData("kind=conversion&baseline=0&lift=0.1", 422, "out-of-range", "?baseline")]
    [InlineData("kind=conversion&baseline=0.9&lift=0.2", 422, "out-of-range", "?lift")]
    [InlineData("kind=conversion&baseline=five&lift=0.2", 400, "wrong-type", "?baseline")]
    [InlineData("kind=conversion&baseline=five&lift=0", 400, "malformed-parameters", "?baseline ?lift")]
    [InlineData("kind=conversion&baseline=0.05&lift=0&alpha=2", 422, "out-of-range", "?lift ?alpha")]
    [InlineData("kind=conversion&baseline=0.05&lift=0.1&difference=1", 422, "duplicate-field", "?difference")]
    [InlineData("kind=conversion&baseline=0.05&lift=0.1&participants=1000&power=0.9", 422, "duplicate-field", "?power")]
    [InlineData("kind=conversion&baseline=0.05&lift=0.1&weights=1,1&alternatives=3", 422, "wrong-count", "?alternatives")]
    [InlineData("kind=conversion&baseline=0.05&lift=0.1&weights=1,x", 400, "wrong-type", "?weights")]
    [InlineData("kind=conversion&baseline=0.05&days=3", 422, "missing-field", "?perDay")]
    [InlineData("kind=value&baseline=5&lift=0.1", 422, "missing-field", "?stdDev")]
    [InlineData("kind=value&stdDev=5&difference=1&method=bayes", 422, "unknown-word", "?method")]
    [InlineData("kind=value&stdDev=5&difference=1&metric=x", 422, "missing-field", "?metric")]
    [InlineData("kind=value&baseline=0&lift=0.1&method=bayes", 422, "unknown-word", "?method")]
    [InlineData("kind=value&baseline=0&lift=0.1&stdDev=1", 422, "out-of-range", "?baseline")]
    [InlineData("lift=0.1&experiment=none", 404, "experiment-not-found", null)]
    [InlineData("kind=value&stdDev=1&difference=1e-9", 422, "no-such-plan", null)]
    [InlineData("kind=conversion&baseline=0.05&participants=4", 422, "no-such-plan", null)]
    [InlineData("stddev=5", 400, "unknown-parameter", "?stddev")]
    public async Task A_plan_that_makes_no_sense_is_refused_by_parameter(string query, int status, string code, string? path)
    {
        var reply = await Get("/v1/power?" + query);
        Assert.Equal((status, code), (reply.Status, reply.Code));
        if (path is not null)
        {
            Assert.Equal(path.Split(' '), Paths(reply));
        }
    }
}
