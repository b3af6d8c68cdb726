using System.Text;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task The_same_definition_again_changes_nothing()
    {
        var first = await Put("price", TwoArms);
        var again = await Put("price", TwoArms);

        Assert.True(first.Value.Created);
        Assert.False(again.Value.Created);
        Assert.Equal(first.Value.Experiment.ETag, again.Value.Experiment.ETag);
        Assert.Single((await Bandstand.List(null, 10, Token)).Value.Items);
    }

    [Fact]
    public async Task Many_creators_at_once_make_one_experiment()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Put("price", TwoArms), Token)));

        Assert.Single(answers, answer => answer.Value.Created);
    }

    [Fact]
    public async Task What_cannot_change_once_started_is_refused_and_nothing_changes()
    {
        var before = await Define("price");

        var answer = await Put("price", TwoArms.Replace("\"shards\":4", "\"shards\":8", StringComparison.Ordinal));

        Assert.Equal(RefusalKind.Conflict, answer.Refusal?.Kind);
        Assert.Equal(before.ETag, (await Bandstand.Get("price", Token)).Value.ETag);
    }

    [Fact]
    public async Task A_write_with_a_stale_ETag_is_refused()
    {
        var before = await Define("price");
        await Do("price", new ExperimentCommand.Disable());

        var stale = await Bandstand.Execute("price", new ExperimentCommand.Enable(), new Precondition(before.ETag), Token);
        var present = (await Bandstand.Get("price", Token)).Value;
        var fresh = await Bandstand.Execute("price", new ExperimentCommand.Enable(), new Precondition(present.ETag), Token);

        Assert.Equal(RefusalKind.PreconditionFailed, stale.Refusal?.Kind);
        Assert.Equal(ExperimentStatus.Running, fresh.Value.Status);
    }

    [Fact]
    public async Task An_added_alternative_opens_an_epoch_and_a_removed_one_shows_the_default()
    {
        await Define("price");
        await AssignAll("price", 60);
        var hadB = (await Bandstand.AssignMany("price", Identities(60), Token)).Value.First(answer => answer.Alternative == "b").Identity;

        var added = await Put("price", TwoArms.Replace("{\"key\":\"b\"}", "{\"key\":\"b\"},{\"key\":\"c\"}", StringComparison.Ordinal));
        await AssignAll("price", 60, "new");
        var c = (await Score("price")).Alternatives.Single(row => row.Alternative == "c").Participants;
        var removed = await Put("price", TwoArms.Replace("{\"key\":\"b\"}", "{\"key\":\"c\"}", StringComparison.Ordinal));
        var shown = await Assign("price", hadB);

        Assert.Equal(1, added.Value.Experiment.Epoch);
        Assert.True(c > 5);
        Assert.Equal(2, removed.Value.Experiment.Epoch);
        Assert.Equal("a", shown.Alternative);
    }

    [Fact]
    public async Task Decisions_tell_every_change_with_its_reason()
    {
        await Define("price");
        await Do("price", new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 3 }, "b first"));
        await Do("price", new ExperimentCommand.Complete(null));

        var decisions = (await Bandstand.Decisions("price", 0, 100, Token)).Value.Items;

        Assert.Contains(decisions, decision => decision.Kind == "weights-set" && decision.Reason.Contains("b first", StringComparison.Ordinal));
        Assert.Equal("completed", decisions[^1].Kind);
        Assert.Equal("a", decisions[^1].Winner);
        Assert.Equal(Enumerable.Range(1, decisions.Count).Select(number => (long)number), decisions.Select(decision => decision.Number));
    }

    [Fact]
    public async Task A_bandit_moves_its_weights_to_what_converts_and_says_why()
    {
        await Define("price", Bandit("""{"assignments":100}"""));

        await RunBandit("price", 600);

        var view = (await Bandstand.Get("price", Token)).Value;
        var rebalanced = (await Bandstand.Decisions("price", 0, 100, Token)).Value.Items.Last(decision => decision.Kind == "rebalanced");
        Assert.True(view.Weights.Single(weight => weight.Key == "b").Value > 9000);
        Assert.All(view.Weights, weight => Assert.True(weight.Value >= 100));
        Assert.NotNull(rebalanced.Figures);
        Assert.Equal(view.Epoch, rebalanced.Epoch);
    }

    [Fact]
    public async Task A_bandit_with_a_period_rebalances_by_the_clock()
    {
        await Define("price", Bandit("""{"period":"PT1H"}"""));
        await RunBandit("price", 600);
        var before = (await Bandstand.Get("price", Token)).Value.Epoch;

        await Pass(TimeSpan.FromHours(1.1));

        Assert.Equal((0, 1), (before, (await Bandstand.Get("price", Token)).Value.Epoch));
    }

    [Fact]
    public async Task A_deadline_ends_the_experiment()
    {
        await Define("price", TwoArms.Replace("\"shards\":4", "\"shards\":4,\"completeWhen\":{\"deadline\":\"P1D\"}", StringComparison.Ordinal));

        await Pass(TimeSpan.FromHours(23));
        var before = (await Bandstand.Get("price", Token)).Value.Status;
        await Pass(TimeSpan.FromHours(2));

        Assert.Equal((ExperimentStatus.Running, ExperimentStatus.Completed), (before, (await Bandstand.Get("price", Token)).Value.Status));
    }

    [Fact]
    public async Task Enough_participants_end_the_experiment_with_the_best()
    {
        await Define("price", TwoArms.Replace("\"shards\":4", "\"shards\":4,\"completeWhen\":{\"perAlternative\":100}", StringComparison.Ordinal));
        await RunBandit("price", 300);

        await Pass(TimeSpan.FromMinutes(2));

        var view = (await Bandstand.Get("price", Token)).Value;
        Assert.Equal((ExperimentStatus.Completed, "b"), (view.Status, view.Outcome));
    }

    private async Task<Answer<PutResult>> Put(string id, string json) =>
        await Bandstand.Put(ExperimentDefinitionJson.Parse(id, Encoding.UTF8.GetBytes(json)).Value, cancellationToken: Token);

    /// <summary>People arrive one after the other; everybody who gets b converts, and every tenth who gets a.</summary>
    private async Task RunBandit(string experiment, int people)
    {
        for (var number = 0; number < people; number++)
        {
            var answer = await Assign(experiment, $"u{number}");
            if (answer.Alternative == "b" || number % 10 == 0)
            {
                await Track("signup", answer.Identity);
            }
        }
    }

    private static string Bandit(string every) =>
        $$$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}],"shards":4,"allocation":{"policy":"bandit","algorithm":"thompson","every":{{{every}}},"floor":0.01,"burnIn":20}}""";
}
