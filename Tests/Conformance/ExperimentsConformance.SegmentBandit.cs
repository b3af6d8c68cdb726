using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    private const string LearningByCountry = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}],"shards":4,"segments":["country"],"allocation":{"policy":"bandit","by":"country","burnIn":30,"every":{"period":"P30D"}}}""";

    [Fact]
    public async Task A_bandit_by_segment_learns_for_every_value_and_assigns_by_it()
    {
        await Define("price", LearningByCountry);
        await Many("de", 200, """{"country":"DE"}""", converts: "a");
        await Many("fr", 200, """{"country":"FR"}""", converts: "b");
        await Many("no", 50, null, converts: "a");
        Assert.Null((await Bandstand.Execute("price", new ExperimentCommand.Rebalance(), cancellationToken: Token)).Refusal);

        var epochs = (await Bandstand.Epochs("price", -1, 100, Token)).Value.Items;
        Assert.Equal([null, "country:DE", "country:FR", null], epochs.Select(epoch => epoch.Segment));
        Assert.Equal(9_900, epochs[1].Weights.Single(pair => pair.Key == "a").Value);
        Assert.Equal(9_900, epochs[2].Weights.Single(pair => pair.Key == "b").Value);
        var decision = (await Bandstand.Decisions("price", 0, 100, Token)).Value.Items[^1];
        Assert.Equal((3, "country:DE,country:FR"), (decision.Epoch, string.Join(',', decision.Segments!.Select(segment => segment.Segment))));
        Assert.Equal(200, decision.Segments![0].Figures.Sum(figure => figure.Participants));

        var german = (await Bandstand.AssignMany("price", [.. Enumerable.Range(0, 100).Select(i => new AssignmentRequest($"new-de{i}", Attributes("""{"country":"DE"}""")))], Token)).Value;
        Assert.All(german, answer => Assert.Equal((1, answer.Alternative == "a" ? 0.99 : 0.01), (answer.Epoch, answer.Probability)));
        Assert.True(german.Count(answer => answer.Alternative == "a") > 90);
        var french = (await Bandstand.Assign("price", new AssignmentRequest("new-fr", Attributes("""{"country":"FR"}""")), Token)).Value;
        Assert.Equal((2, french.Alternative == "b" ? 0.99 : 0.01), (french.Epoch, french.Probability));
        Assert.Equal(3, (await Bandstand.Assign("price", new AssignmentRequest("new-ch", Attributes("""{"country":"CH"}""")), Token)).Value.Epoch);
        Assert.Equal(2, (await Bandstand.Assign("price", new AssignmentRequest("new-fr", Attributes("""{"country":"DE"}""")), Token)).Value.Epoch);
        Assert.False((await Bandstand.Score("price", new ScoreQuery("sequential"), Token)).Value.SampleRatio.Mismatch);
        Assert.False((await Bandstand.Score("price", new ScoreQuery("sequential", Segment: "country:DE"), Token)).Value.SampleRatio.Mismatch);
    }

    private async Task Many(string prefix, int people, string? attributes, string converts)
    {
        var answers = (await Bandstand.AssignMany("price", [.. Enumerable.Range(0, people).Select(i => new AssignmentRequest($"{prefix}{i}", attributes is null ? null : Attributes(attributes)))], Token)).Value;
        foreach (var answer in answers.Where(answer => answer.Alternative == converts))
        {
            await Track("signup", answer.Identity);
        }
    }
}
