using System.Text;
using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Tests.Experiments;

namespace Bandstand.Tests.Assignment;

public class AssignmentPlanTests
{
    [Fact]
    public void The_shard_and_the_hash_alone_give_the_same_newcomers_the_same_alternative()
    {
        foreach (var definition in new[] { Weighted, Vanity, Thin })
        {
            var plan = Plan(Scenario.Given(definition).Experiment);
            var shard = new ParticipantShard(plan.Shard);
            var log = new ShardLog();
            for (var i = 0; i < 2_000; i++)
            {
                var identity = $"u{i}";
                var byHash = plan.AnswerByHash(identity, Utf8(identity));
                var answered = plan.Answer(identity, shard.Assign(plan.Question(Utf8(identity), null, true, i), log));
                Assert.Equal(byHash with { New = answered.New }, answered);
                Assert.Equal(answered.Reason == AssignmentReason.Assigned, answered.New);
                log.Clear();
            }
        }
    }

    [Fact]
    public void An_answer_has_what_the_contract_says()
    {
        var plan = Plan(Scenario.Given(Weighted).Experiment);
        var identity = Enumerable.Range(0, 100).Select(i => $"u{i}").First(u => plan.AnswerByHash(u, Utf8(u)).Alternative == "b");
        Assert.Equal(
            new AssignmentResult("price", identity, "b", "25", AssignmentReason.Assigned, false, 0, 0.6667, VanityHash.Fingerprint("price", 1)),
            plan.AnswerByHash(identity, Utf8(identity)));
        Assert.Equal("25"u8.ToArray(), plan.Alternatives[1].ValueUtf8.ToArray());
    }

    [Fact]
    public void Sticky_answers_carry_the_probability_of_their_own_epoch()
    {
        var state = Scenario.Given(Weighted).And(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 9, ["b"] = 1 }, "why")).Experiment;
        var plan = Plan(state);
        Assert.Equal((0, 0.3333), Figures(plan.Answer("u", new ShardAnswer(AssignmentReason.Sticky, 0, 0, 0, false))));
        Assert.Equal((1, 0.9), Figures(plan.Answer("u", new ShardAnswer(AssignmentReason.Sticky, 0, 1, 0, false))));
        Assert.Equal((null, null), Figures(plan.Answer("u", new ShardAnswer(AssignmentReason.Forced, 0, -1, 0, false))));
        Assert.True(plan.Knows(1));
        Assert.False(plan.Knows(2));
    }

    [Fact]
    public void Removed_alternatives_show_the_default_but_keep_their_slot_and_probability()
    {
        var state = Scenario.Given("""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a"}""")
            .And(new ExperimentCommand.Put(Scenario.Define("""{"alternatives":[{"key":"a"},{"key":"c"}],"default":"a"}"""))).Experiment;
        var plan = Plan(state);
        Assert.Equal([false, true, false], plan.Shard.Removed);
        Assert.Equal(VanityHash.Fingerprint("price", 2), plan.Alternatives[2].Fingerprint);
        Assert.Equal((0, 0.3333), Figures(plan.Answer("u", new ShardAnswer(AssignmentReason.Sticky, 0, 0, 1, false))));
        Assert.Equal("alternative-not-found", plan.Find("b").Refusal?.Code);
        Assert.Equal(2, plan.Find("c").Value);
    }

    [Fact]
    public void A_layer_excludes_everybody_outside_its_slice()
    {
        var one = Plan(Scenario.Given("""{"targeting":{"layer":{"name":"checkout","from":0,"to":0.5}}}""").Experiment);
        var other = Plan(Scenario.Given("""{"targeting":{"layer":{"name":"checkout","from":0.5,"to":1}}}""").Experiment);
        for (var i = 0; i < 1_000; i++)
        {
            var utf8 = Utf8($"u{i}");
            Assert.NotEqual(one.Flags(utf8, null), other.Flags(utf8, null));
            Assert.Equal(
                GrowthBookHash.InLayer($"u{i}", "checkout", 0, 0.5) ? AssignmentReason.Assigned : AssignmentReason.Excluded,
                one.AnswerByHash($"u{i}", utf8).Reason);
        }
    }

    [Fact]
    public void The_checks_are_made_in_order()
    {
        var bot = JsonDocument.Parse("""{"userAgent":"Googlebot"}""").RootElement;
        var nobody = """{"assignment":{"traffic":0},"targeting":{"layer":{"name":"l","from":0,"to":1}}}""";
        Assert.Equal(AssignmentReason.NotInTraffic, Reason(Scenario.Given(nobody), null));
        Assert.Equal(AssignmentReason.Filtered, Reason(Scenario.Given(nobody), bot));
        Assert.Equal(AssignmentReason.Disabled, Reason(Scenario.Given(nobody, new ExperimentCommand.Disable()), bot));
        Assert.Equal(AssignmentReason.Disabled, Reason(Scenario.Given(Scenario.Draft), bot));
        Assert.Equal(AssignmentReason.Completed, Reason(Scenario.Given(nobody, new ExperimentCommand.Complete("true")), bot));
    }

    [Fact]
    public void Vanitys_hash_deals_by_the_name_and_removal_deals_nobody_anew()
    {
        var scenario = Scenario.Given(Vanity);
        var before = Plan(scenario.Experiment);
        var after = Plan(scenario.And(new ExperimentCommand.Put(Scenario.Define(Vanity.Replace(",{\"key\":\"c\"}", string.Empty, StringComparison.Ordinal)))).Experiment);
        for (var i = 0; i < 300; i++)
        {
            var identity = $"u{i}";
            var index = VanityHash.Index("Background color", identity, 3);
            Assert.Equal("abc"[index].ToString(), before.AnswerByHash(identity, Utf8(identity)).Alternative);
            Assert.Equal(index == 2 ? (AssignmentReason.NotInTraffic, "a") : (AssignmentReason.Assigned, "abc"[index].ToString()), (after.AnswerByHash(identity, Utf8(identity)).Reason, after.AnswerByHash(identity, Utf8(identity)).Alternative));
        }

        Assert.Equal(1.0 / 3, before.Probability(0, 0));
        Assert.Equal(0.5, after.Probability(1, 0));
    }

    [Fact]
    public void Answering_by_hash_allocates_nothing()
    {
        var plan = Plan(Scenario.Given(Weighted).Experiment);
        var utf8 = Utf8("u1");
        var answer = plan.AnswerByHash("u1", utf8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            answer = plan.AnswerByHash("u1", utf8);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal("u1", answer.Identity);
    }

    [Fact]
    public void Every_plan_may_follow_the_one_before()
    {
        var scenario = Scenario.Given(Weighted);
        var shard = new ParticipantShard(Plan(scenario.Experiment).Shard);
        foreach (var command in new ExperimentCommand[]
        {
            new ExperimentCommand.Put(Scenario.Define("""{"alternatives":[{"key":"a","value":19},{"key":"c"}],"metrics":[{"id":"other","kind":"value"}],"assignment":{"traffic":0.5}}""")),
            new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["c"] = 2 }, "why"),
            new ExperimentCommand.Disable(),
            new ExperimentCommand.Complete("c"),
        })
        {
            Assert.True(shard.Switch(Plan(scenario.And(command).Experiment).Shard, new ShardLog()));
        }
    }

    private static (int?, double?) Figures(AssignmentResult result) => (result.Epoch, result.Probability);

    private static AssignmentReason Reason(Scenario scenario, JsonElement? attributes) => Plan(scenario.Experiment).AnswerByHash("u1", "u1"u8, attributes).Reason;

    private static AssignmentPlan Plan(Experiment experiment) => AssignmentPlan.Of(experiment);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private const string Weighted = """{"alternatives":[{"key":"a","value":19},{"key":"b","value":25,"weight":2}],"metrics":[{"id":"signup"}]}""";
    private const string Thin = """{"alternatives":[{"key":"a"},{"key":"b"}],"assignment":{"traffic":0.3,"seed":"s"}}""";
    private const string Vanity = """{"name":"Background color","alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","assignment":{"hash":"vanity-md5"}}""";
}
