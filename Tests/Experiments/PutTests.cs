using Bandstand.Experiments;
using Bandstand.Ports;
using static Bandstand.Tests.Experiments.Scenario;

namespace Bandstand.Tests.Experiments;

public class PutTests
{
    [Fact]
    public void The_same_definition_again_changes_nothing_in_any_status()
    {
        Given().When(TwoArms).ThenNothing();
        Given(Draft).When(Draft).ThenNothing();
        Given(TwoArms, new ExperimentCommand.Disable()).When(TwoArms).ThenNothing();
        Given(TwoArms, new ExperimentCommand.Complete("b")).When(TwoArms).ThenNothing();
        Given().When("""{"start":true,"metrics":[{"id":"signup","kind":"conversion"}],"alternatives":[{"key":"a","weight":1},{"key":"b"}],"default":"a"}""").ThenNothing();
    }

    [Fact]
    public void It_keeps_the_weights_that_were_set_by_hand()
        => Given(TwoArms, Hand(("a", 1), ("b", 3))).When(TwoArms).ThenNothing();

    [Fact]
    public void A_changed_definition_never_starts_or_reopens_anything()
    {
        Assert.Equal(ExperimentStatus.Disabled, Given(TwoArms, new ExperimentCommand.Disable()).When(Renamed).ThenApplied().Status);
        Assert.Equal(ExperimentStatus.Completed, Given(TwoArms, new ExperimentCommand.Complete("b")).When(Renamed).ThenApplied().Status);
        var draft = Given(Draft).When(Renamed).ThenApplied();
        Assert.Equal(ExperimentStatus.Draft, draft.Status);
        Assert.Contains(draft.LastPut.Warnings, w => w.Path == "$.start");
    }

    [Fact]
    public void What_the_weights_do_not_depend_on_begins_no_epoch()
    {
        var scenario = Given().When(Renamed);
        var redefined = scenario.Then<ExperimentEvent.Redefined>();
        Assert.Null(redefined.Weights);
        Assert.Equal("Changed: name.", redefined.Reason);
        Assert.Equal((0, "Price"), (scenario.ThenApplied().Epoch.Number, scenario.Experiment.Definition.Name));
    }

    [Theory]
    [InlineData(""" "shards":8 """, "$.shards")]
    [InlineData(""" "assignment":{"hash":"vanity-md5"} """, "$.assignment.hash")]
    [InlineData(""" "assignment":{"seed":"other"} """, "$.assignment.seed")]
    [InlineData(""" "alternatives":[{"key":"a","value":1},{"key":"b"}] """, "$.alternatives[0].value")]
    [InlineData(""" "metrics":[{"id":"signup","kind":"count"}] """, "$.metrics[0].kind")]
    public void Once_started_some_things_are_fixed(string field, string path)
    {
        foreach (var status in new ExperimentCommand[] { new ExperimentCommand.Start(), new ExperimentCommand.Disable(), new ExperimentCommand.Complete("a") })
        {
            var refusal = Given(Plain(), status).When(Plain(field)).ThenRefused(RefusalKind.Conflict, "fixed-once-started");
            Assert.Equal([path], refusal.Errors.Select(e => e.Path));
        }
    }

    [Fact]
    public void All_that_is_fixed_is_named_at_once()
    {
        var refusal = Given(Plain()).When(Plain(""" "shards":8,"alternatives":[{"key":"a","value":1},{"key":"b","value":2}],"assignment":{"seed":"x"} """))
            .ThenRefused(RefusalKind.Conflict, "fixed-once-started");
        Assert.Equal(["$.shards", "$.assignment.seed", "$.alternatives[0].value", "$.alternatives[1].value"], refusal.Errors.Select(e => e.Path));
    }

    [Fact]
    public void The_name_is_fixed_where_Vanitys_hash_uses_it()
        => Given(Vanity("Price")).When(Vanity("Prize")).ThenRefused(RefusalKind.Conflict, "fixed-once-started");

    [Fact]
    public void A_draft_that_takes_Vanitys_hash_forgets_weights_set_by_hand()
        => Assert.Equal([5_000, 5_000], Given(Draft).And(Hand(("a", 1), ("b", 3))).When(Draft[..^1] + ",\"assignment\":{\"hash\":\"vanity-md5\"}}").ThenApplied().Epoch.Weights);

    [Fact]
    public void A_draft_may_change_everything_and_is_drawn_anew()
    {
        var experiment = Given(Draft).When("""{"start":false,"shards":3,"alternatives":[{"key":"x","weight":3},{"key":"a","value":7}],"assignment":{"hash":"growthbook-v2","seed":"s"}}""").ThenApplied();
        Assert.Equal([("x", "\"x\"", false), ("a", "7", false)], experiment.Alternatives.Select(a => (a.Key, a.Value, a.Removed)));
        Assert.Equal([7_500, 2_500], experiment.Epoch.Weights);
        Assert.Equal((2L, 0, "s", ExperimentStatus.Draft), (experiment.Generation, experiment.Epoch.Number, experiment.Seed, experiment.Status));
        Assert.Equal(1, Given(Draft).When(Draft[..^1] + ",\"name\":\"P\"}").ThenApplied().Generation);
    }

    [Fact]
    public void An_added_alternative_opens_an_epoch_with_its_share()
    {
        var scenario = Given().When(Arms("a", "b", "c"));
        var redefined = scenario.Then<ExperimentEvent.Redefined>();
        Assert.Equal([3_334, 3_333, 3_333], redefined.Weights!.Value);
        Assert.Contains("'c' added", redefined.Reason, StringComparison.Ordinal);
        var experiment = scenario.ThenApplied();
        Assert.Equal((1, 2), (experiment.Epoch.Number, experiment.Epochs.Length));
        Assert.Equal(["a", "b", "c"], experiment.Alternatives.Select(a => a.Key));
    }

    [Fact]
    public void A_newcomer_gets_its_share_and_the_others_keep_what_they_learned()
    {
        var experiment = Given(TwoArms, Hand(("a", 1), ("b", 4))).When(Arms("c", "a", "b")).ThenApplied();
        Assert.Equal([1_334, 5_333, 3_333], experiment.Epoch.Weights); // a : b stays 1 : 4 in the two thirds that remain
        Assert.Equal([("c", 3_333), ("a", 1_334), ("b", 5_333)], ExperimentViews.Of(experiment).Weights.Select(w => (w.Key, w.Value)));
    }

    [Fact]
    public void A_removed_alternative_gets_nothing_and_its_key_is_never_used_again()
    {
        var scenario = Given(Arms("a", "b", "c")).When(Arms("a", "c"));
        var experiment = scenario.ThenApplied();
        Assert.Equal([5_000, 0, 5_000], experiment.Epoch.Weights);
        Assert.True(experiment.Alternatives[1].Removed);
        Assert.Equal(-1, experiment.SlotOf("b"));
        scenario.When(Arms("a", "b", "c")).ThenRefused(RefusalKind.Conflict, "alternative-key-used");
        Assert.Equal([3_334, 0, 3_333, 3_333], scenario.When(Arms("a", "c", "d")).ThenApplied().Epoch.Weights);
        Assert.Equal(["a", "c", "d"], ExperimentViews.Of(scenario.Experiment).Weights.Select(w => w.Key));
        Assert.Equal([("a", 3_334), ("c", 3_333), ("b", 3_333)], ExperimentViews.Of(scenario.Experiment, scenario.Experiment.Epochs[0]).Weights.Select(w => (w.Key, w.Value)));
    }

    [Fact]
    public void Only_the_order_changes_no_weights()
    {
        var experiment = Given().When(Arms("b", "a")).ThenApplied();
        Assert.Equal(0, experiment.Epoch.Number);
        Assert.Equal(["a", "b"], experiment.Alternatives.Select(a => a.Key));
        Assert.Equal(["b", "a"], ExperimentViews.Of(experiment).Weights.Select(w => w.Key));
    }

    [Fact]
    public void Weights_changed_in_the_definition_are_taken_and_closed_alternatives_stay_closed()
    {
        var three = Given(Arms("a", "b", "c")).And(Hand(("a", 1), ("b", 1), ("c", 0)));
        Assert.Equal([2_500, 7_500, 0], three.When("""{"alternatives":[{"key":"a"},{"key":"b","weight":3},{"key":"c"}],"default":"a","metrics":[{"id":"signup"}]}""").ThenApplied().Epoch.Weights);
        Assert.Equal([2_500, 2_500, 5_000], Given(Arms("a", "b", "c")).And(Hand(("a", 1), ("b", 1), ("c", 0))).When("""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c","weight":2}],"default":"a","metrics":[{"id":"signup"}]}""").ThenApplied().Epoch.Weights);
    }

    [Fact]
    public void When_the_only_open_alternative_goes_the_others_open()
        => Assert.Equal([5_000, 0, 5_000], Given(Arms("a", "b", "c")).And(Hand(("a", 0), ("b", 1), ("c", 0))).When(Arms("a", "c")).ThenApplied().Epoch.Weights);

    [Fact]
    public void Changed_traffic_opens_an_epoch_with_the_same_weights()
    {
        var scenario = Given(TwoArms, Hand(("a", 1), ("b", 3))).When(TwoArms[..^1] + ",\"assignment\":{\"traffic\":0.5}}");
        var experiment = scenario.ThenApplied();
        Assert.Equal((2, 0.5), (experiment.Epoch.Number, experiment.Epoch.Traffic));
        Assert.Equal([2_500, 7_500], experiment.Epoch.Weights);
        Assert.Contains("from 1 to 0.5", experiment.Epoch.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_that_comes_back_keeps_its_slot()
    {
        var scenario = Given(Metrics("signup", "buy")).When(Metrics("signup"));
        Assert.Equal([true, false], scenario.ThenApplied().Metrics.Select(m => m.Active));
        Assert.Equal([("signup", true), ("buy", true), ("view", true)], scenario.When(Metrics("view", "buy", "signup")).ThenApplied().Metrics.Select(m => (m.Id, m.Active)));
        scenario.And(new ExperimentCommand.Put(Define(Metrics("signup"))));
        scenario.When("""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"buy","kind":"value"}]}""").ThenRefused(RefusalKind.Conflict, "fixed-once-started");
    }

    [Fact]
    public void The_outcome_of_a_completed_experiment_cannot_be_removed()
        => Given(Arms("a", "b", "c"), new ExperimentCommand.Complete("b")).When(Arms("a", "c")).ThenRefused(RefusalKind.Conflict, "alternative-is-outcome");

    [Fact]
    public void There_are_256_alternatives_in_all_with_those_that_were_removed()
    {
        var all = Enumerable.Range(0, 256).Select(i => $"k{i}").ToArray();
        Given(Arms(all)).When(Arms([.. all[..255], "new"])).ThenRefused(RefusalKind.Conflict, "wrong-count");
    }

    [Fact]
    public void A_bandits_newcomer_and_its_neighbours_stay_above_the_floor()
    {
        string Bandit(params string[] keys) => Arms(keys)[..^1] + ",\"allocation\":{\"policy\":\"bandit\",\"floor\":0.05}}";
        var experiment = Given(Bandit("a", "b")).And(Hand(("a", 1), ("b", 999))).When(Bandit("a", "b", "c")).ThenApplied();
        Assert.Equal([500, 6_331, 3_169], experiment.Epoch.Weights); // the floor is taken from the others in their proportions
    }

    private static ExperimentCommand.SetWeights Hand(params (string Key, double Weight)[] weights) => new(weights.ToDictionary(w => w.Key, w => w.Weight), "by hand");

    private static string Arms(params string[] keys)
    {
        var alternatives = string.Join(',', keys.Select(k => $$"""{"key":"{{k}}"}"""));
        var byDefault = keys.Contains("a") ? "a" : keys[0];
        return $$"""{"alternatives":[{{alternatives}}],"default":"{{byDefault}}","metrics":[{"id":"signup"}]}""";
    }

    private static string Metrics(params string[] ids)
    {
        var metrics = string.Join(',', ids.Select(i => $$"""{"id":"{{i}}"}"""));
        return $$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{{metrics}}]}""";
    }

    private static string Plain(string field = "")
    {
        var fields = new List<string>();
        if (!field.Contains("alternatives", StringComparison.Ordinal))
        {
            fields.Add("""  "alternatives":[{"key":"a"},{"key":"b"}] """);
        }

        if (!field.Contains("metrics", StringComparison.Ordinal))
        {
            fields.Add(""" "metrics":[{"id":"signup"}] """);
        }

        return "{" + string.Join(',', field.Length > 0 ? fields.Append(field) : fields) + "}";
    }

    private static string Vanity(string name) => $$$"""{"name":"{{{name}}}","assignment":{"hash":"vanity-md5"}}""";

    private const string Renamed = """{"name":"Price","alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}]}""";
}
