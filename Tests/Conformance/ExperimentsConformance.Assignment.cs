using Bandstand.Assignment;
using Bandstand.Experiments;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task The_first_answer_is_the_same_for_ever()
    {
        await Define("price");

        var first = await Assign("price", "u1");
        var second = await Assign("price", "u1");

        Assert.Equal(AssignmentReason.Assigned, first.Reason);
        Assert.True(first.New);
        Assert.Equal(first with { Reason = AssignmentReason.Sticky, New = false }, second);
        Assert.Equal((0, 0.5), (first.Epoch, first.Probability));
    }

    [Fact]
    public async Task Only_one_of_many_callers_at_once_is_told_new()
    {
        await Define("price");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Assign("price", "u1"), Token)));

        Assert.Single(answers, answer => answer.New);
        Assert.Single(answers.Select(answer => answer.Alternative).Distinct());
        Assert.Equal(1, (await Totals("price")).Participants);
    }

    [Fact]
    public async Task A_repeated_identity_in_one_call_is_new_once_and_answers_keep_their_order()
    {
        await Define("price");

        var answers = (await Bandstand.AssignMany("price", [new("u1"), new("u2"), new("u1")], Token)).Value;

        Assert.Equal(["u1", "u2", "u1"], answers.Select(answer => answer.Identity));
        Assert.Equal([true, true, false], answers.Select(answer => answer.New));
    }

    [Fact]
    public async Task Looking_stores_nothing()
    {
        await Define("price");

        var looked = await Assign("price", "u1", record: false);
        var assigned = await Assign("price", "u1");

        Assert.False(looked.New);
        Assert.Equal(looked.Alternative, assigned.Alternative);
        Assert.True(assigned.New);
    }

    [Fact]
    public async Task Weights_decide_how_many_get_what()
    {
        await Define("price", """{"alternatives":[{"key":"a","weight":1},{"key":"b","weight":3}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""");

        await AssignAll("price", 4000);

        var rows = (await Score("price")).Alternatives;
        Assert.InRange(rows[1].Participants, 2904, 3096); // 3 000 ± 3.5 standard errors of a binomial draw
        Assert.Equal(4000, rows.Sum(row => row.Participants));
    }

    [Fact]
    public async Task A_forced_alternative_is_shown_and_never_counted()
    {
        await Define("price");
        var assigned = await Assign("price", "u1");
        var other = assigned.Alternative == "a" ? "b" : "a";

        await Bandstand.Force("price", "u1", other, Token);
        var shown = await Assign("price", "u1");
        var receipt = await Track("signup", "u1");
        await Bandstand.Force("price", "stranger", "b", Token);
        var stranger = await Assign("price", "stranger");

        Assert.Equal((other, AssignmentReason.Forced), (shown.Alternative, shown.Reason));
        Assert.Equal(("b", AssignmentReason.Forced), (stranger.Alternative, stranger.Reason));
        Assert.Equal(1, receipt.Ignored);
        Assert.Equal((1, 0, 0), await Totals("price"));

        await Bandstand.Force("price", "u1", null, Token);
        Assert.Equal((assigned.Alternative, AssignmentReason.Sticky), ((await Assign("price", "u1")).Alternative, (await Assign("price", "u1")).Reason));
    }

    [Fact]
    public async Task Forcing_an_alternative_that_does_not_exist_is_refused()
    {
        await Define("price");

        var answer = await Bandstand.Force("price", "u1", "zzz", Token);

        Assert.Equal("alternative-not-found", answer.Refusal?.Code);
    }

    [Fact]
    public async Task Disabled_gives_everybody_the_default_and_enabled_what_they_had()
    {
        await Define("price");
        var before = await Identify("b");

        await Do("price", new ExperimentCommand.Disable());
        var disabled = await Assign("price", before);
        await Do("price", new ExperimentCommand.Enable());
        var after = await Assign("price", before);

        Assert.Equal(("a", AssignmentReason.Disabled), (disabled.Alternative, disabled.Reason));
        Assert.Equal(("b", AssignmentReason.Sticky), (after.Alternative, after.Reason));
    }

    [Fact]
    public async Task Completed_gives_everybody_the_outcome()
    {
        await Define("price");
        var before = await Identify("a");

        var view = await Do("price", new ExperimentCommand.Complete("b"));
        var shown = await Assign("price", before);
        var newcomer = await Assign("price", "late");

        Assert.Equal((ExperimentStatus.Completed, "b"), (view.Status, view.Outcome));
        Assert.Equal(("b", AssignmentReason.Completed, null), (shown.Alternative, shown.Reason, shown.Epoch));
        Assert.Equal(("b", false), (newcomer.Alternative, newcomer.New));
        Assert.Equal(1, (await Track("signup", before)).Ignored);
    }

    [Fact]
    public async Task A_draft_gives_the_default_and_counts_nothing()
    {
        await Define("price", """{"start":false,"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""");

        var shown = await Assign("price", "u1");

        Assert.Equal(("a", AssignmentReason.Disabled, false), (shown.Alternative, shown.Reason, shown.New));
        Assert.Equal(ExperimentStatus.Running, (await Do("price", new ExperimentCommand.Start())).Status);
        Assert.True((await Assign("price", "u1")).New);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("half a surrogate pair")]
    [InlineData("too long")]
    public async Task An_identity_that_is_no_text_is_refused(string what)
    {
        await Define("price");
        var identity = what switch { "empty" => "", "too long" => new string('x', 1025), _ => "u" + (char)0xd800 };

        var answer = await Bandstand.Assign("price", new AssignmentRequest(identity), Token);

        Assert.NotNull(answer.Refusal);
        Assert.Equal(0, (await Totals("price")).Participants);
    }

    [Fact]
    public async Task An_unknown_experiment_is_refused()
    {
        var answer = await Bandstand.Assign("nowhere", new AssignmentRequest("u1"), Token);

        Assert.Equal("experiment-not-found", answer.Refusal?.Code);
    }

    [Fact]
    public async Task New_weights_are_a_new_epoch_and_nobody_moves()
    {
        await Define("price");
        await AssignAll("price", 200);
        var before = (await Bandstand.AssignMany("price", Identities(200), Token)).Value;

        var view = await Do("price", new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 0, ["b"] = 1 }, "b looks fine"));
        var after = (await Bandstand.AssignMany("price", Identities(200), Token)).Value;
        await AssignAll("price", 50, "new");
        var newcomers = (await Bandstand.AssignMany("price", Identities(50, "new"), Token)).Value;

        Assert.Equal(1, view.Epoch);
        Assert.Equal(before, after);
        Assert.All(newcomers, answer => Assert.Equal(("b", 1, 1.0), (answer.Alternative, answer.Epoch, answer.Probability)));
        var epochs = (await Bandstand.Epochs("price", -1, 100, Token)).Value.Items;
        Assert.Equal([0, 1], epochs.Select(epoch => epoch.Number));
        Assert.Contains("b looks fine", epochs[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ramp_keeps_who_was_in_it_and_what_they_had()
    {
        async Task<Dictionary<string, string>> Ramp(string traffic)
        {
            await Define("price", TwoArms[..^1] + ",\"assignment\":{\"traffic\":" + traffic + "}}");
            var answers = (await Bandstand.AssignMany("price", [.. Identities(4000).Select(r => r with { Record = false })], Token)).Value;
            return answers.Where(a => a.Reason == AssignmentReason.Assigned).ToDictionary(a => a.Identity, a => a.Alternative);
        }

        // Nobody is stored, so it is the hash that keeps them.
        var first = await Ramp("0.05");
        var more = await Ramp("0.1");

        Assert.InRange(first.Count, 152, 248); // 200 and 400, ± 3.5 standard errors
        Assert.InRange(more.Count, 333, 467);
        Assert.All(first, person => Assert.Equal(person.Value, more[person.Key]));
    }

    [Fact]
    public async Task Erasing_somebody_removes_all_that_is_held()
    {
        await Define("price");
        await Assign("price", "u1");
        await Assign("price", "u2");
        await Track("signup", "u1");

        var held = (await Bandstand.Participant("u1", Token)).Value;
        await Bandstand.Erase("u1", Token);

        Assert.Equal(1, Assert.Single(held.Experiments).Totals[0].Value);
        Assert.Empty((await Bandstand.Participant("u1", Token)).Value.Experiments);
        Assert.Equal((1, 0, 0), await Totals("price"));
        Assert.True((await Assign("price", "u1")).New);
    }

    /// <summary>Assigns people until one gets the alternative; answers who.</summary>
    private async Task<string> Identify(string alternative)
    {
        for (var number = 0; ; number++)
        {
            if ((await Assign("price", $"p{number}")).Alternative == alternative)
            {
                return $"p{number}";
            }
        }
    }

    private static AssignmentRequest[] Identities(int count, string prefix = "u") =>
        [.. Enumerable.Range(0, count).Select(number => new AssignmentRequest($"{prefix}{number}"))];
}
