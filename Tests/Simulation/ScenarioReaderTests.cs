using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Tests.Simulation;

public class ScenarioReaderTests
{
    [Theory]
    [InlineData("\"P20D\"", "\"soon\"", "$.duration", "ISO 8601")]
    [InlineData("\"duration\": \"P20D\",", "", "$.duration", "P90D")]
    [InlineData("\"perDay\": 200", "\"perDay\": 0", "$.traffic.perDay", "over 0")]
    [InlineData("\"perDay\": 200", "\"perDay\": 0.01", "$.traffic.perDay", "Nobody comes")]
    [InlineData("{\"perDay\": 200}", "200", "$.traffic", "Give an object")]
    [InlineData("\"rates\": {\"a\": 0.1, \"b\": 0.15}", "\"rates\": \"10 %\"", "$.metrics.signup.rates", "a rate such as 0.1")]
    [InlineData("\"perDay\": 200", "\"perDay\": 1e7", "$.traffic.perDay", "Let fewer come")]
    [InlineData("\"perDay\": 200", "\"perDay\": 200, \"weekdays\": [1,2]", "$.traffic.weekdays", "7 numbers")]
    [InlineData("\"perDay\": 200", "\"perDay\": 200, \"hours\": [\"x\"]", "$.traffic.hours", "24 numbers")]
    [InlineData("\"b\": 0.15", "\"b\": 15", "$.metrics.signup.rates.b", "from 0 to 1")]
    [InlineData(", \"b\": 0.15", "", "$.metrics.signup.rates.b", "Every alternative")]
    [InlineData("\"b\": 0.15", "\"b\": 0.15, \"c\": 0.2", "$.metrics.signup.rates.c", "There is no field 'c'")]
    [InlineData("\"b\": 0.15", "\"b\": [{\"at\": \"P3D\", \"rate\": 0.1}, {\"at\": \"P2D\", \"rate\": 0.1}]", "$.metrics.signup.rates.b[1].at", "order")]
    [InlineData("\"b\": 0.15", "\"b\": []", "$.metrics.signup.rates.b", "points such as")]
    [InlineData("\"metrics\": {\"signup\"", "\"metrics\": {\"revenue\"", "$.metrics.signup", "primary")]
    [InlineData("{\"rates\"", "{\"values\": {\"mean\": 3}, \"rates\"", "$.metrics.signup.values", "conversion metric")]
    [InlineData("{\"rates\"", "{\"wave\": {\"period\": \"P1D\"}, \"rates\"", "$.metrics.signup.wave.amplitude", "needs")]
    [InlineData("{\"rates\"", "{\"delay\": {\"mean\": \"P1D\", \"shape\": \"bell\"}, \"rates\"", "$.metrics.signup.delay.shape", "exponential")]
    [InlineData("\"default\": \"a\"", "\"default\": \"z\"", "$.experiment.default", "'z'")]
    [InlineData("\"conversion\"}]", "\"conversion\"}, {\"id\": \"errors\", \"goal\": \"decrease\", \"guardrail\": true}]", "$.metrics.errors", "guardrail")]
    [InlineData("\"duration\"", "\"surprise\": 1, \"duration\"", "$.surprise", "no field")]
    [InlineData("\"duration\"", "\"start\": \"yesterday\", \"duration\"", "$.start", "2026-01-05T00:00:00Z")]
    public void What_is_wrong_is_named_with_its_path_and_what_to_write(string right, string wrong, string path, string says)
    {
        var json = SimulatorTests.Json();
        Assert.Contains(right, json, StringComparison.Ordinal);
        var refusal = SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(json.Replace(right, wrong, StringComparison.Ordinal))).Refusal;

        Assert.NotNull(refusal);
        Assert.Contains(refusal.Errors, e => e.Path == path && e.Detail.Contains(says, StringComparison.Ordinal));
        Assert.Single(refusal.Errors, e => e.Path == path);
    }

    [Theory]
    [InlineData("", "The scenario is empty")]
    [InlineData(" \n", "The scenario is empty")]
    [InlineData("{", "no JSON at line 1, byte 2")]
    [InlineData("{\n  \"duration\": P90D\n}", "no JSON at line 2, byte 15")]
    public void What_is_no_json_is_said_so_with_its_place(string text, string says)
    {
        var detail = SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(text)).Refusal!.Detail;

        Assert.Contains(says, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_and_trailing_commas_may_stand_in_the_experiment_too()
    {
        var json = SimulatorTests.Json(more: """, "completeWhen": {"deadline": "P5D",}, // enough""" + "\n");
        var scenario = SimulationScenarioReader.Parse("x", Encoding.UTF8.GetBytes(json)).Value;

        Assert.Equal(TimeSpan.FromDays(5), SimulatedPolicies.Parse(scenario, "thompson").Value.Definition.CompleteWhen!.Deadline);
    }

    [Theory]
    [InlineData("greedy", "there is no such policy")]
    [InlineData("thompson:floor", "no setting")]
    [InlineData("thompson:every=soon", "such as P30D or PT15M")]
    [InlineData("thompson:floor=0.9", "allocation.floor")]
    [InlineData("thompson:alpha=0.9", "There is no field 'alpha'")]
    [InlineData("adaptive:period=soon", "allocation.period")]
    public void Policies_that_cannot_be_played_are_refused(string policy, string says)
        => Assert.Contains(says, SimulatedPolicies.Parse(SimulatorTests.Scenario(), policy).Refusal!.Detail, StringComparison.Ordinal);

    [Fact]
    public void Every_example_can_be_played()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "examples", "scenarios"), "*.json");
        Assert.True(files.Length >= 4);
        Assert.All(files, file =>
        {
            var scenario = SimulationScenarioReader.Parse("x", File.ReadAllBytes(file)).Value;
            Assert.NotEmpty(scenario.Policies);
            Assert.All(scenario.Policies, text => Assert.False(SimulatedPolicies.Parse(scenario, text).IsRefused));
        });
    }
}
