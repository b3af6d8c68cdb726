using Bandstand.Assignment;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    [Fact]
    public async Task Alternatives_come_and_go_while_a_bandit_runs()
    {
        await Put("price", Bandit("""{"assignments":100}"""));
        await Batches("u", 10, converts: "b");
        var (before, learnt) = ((await Bandstand.AssignMany("price", Identities(200), Token)).Value, await WeightsNow());
        Assert.True(learnt["b"] > 9_000);

        // A third one has an even share, while what was learnt of the others stays.
        await Put("price", Bandit("""{"assignments":100}""").Replace("{\"key\":\"b\"}", "{\"key\":\"b\"},{\"key\":\"c\"}", StringComparison.Ordinal));
        var added = await WeightsNow();
        Assert.InRange(added["c"], 3_300, 3_400);
        Assert.True(added["b"] > 10 * added["a"]);
        Assert.Equal(before, (await Bandstand.AssignMany("price", Identities(200), Token)).Value);

        // It proves better, and b goes.
        await Batches("v", 20, converts: "c");
        Assert.True((await WeightsNow())["c"] > 6_000);
        var hadB = before.First(answer => answer.Alternative == "b").Identity;
        await Put("price", Bandit("""{"assignments":100}""").Replace("{\"key\":\"b\"}", "{\"key\":\"c\"}", StringComparison.Ordinal));
        var left = await WeightsNow();
        Assert.Equal(["a", "c"], left.Keys);
        Assert.Equal(10_000, left.Values.Sum());
        var shown = await Assign("price", hadB);
        Assert.Equal(("a", AssignmentReason.Sticky), (shown.Alternative, shown.Reason));
        Assert.Equal("alternative-key-used", (await Put("price", Bandit("""{"assignments":100}"""))).Refusal?.Code);

        // It learns on, and nobody newly gets what is gone.
        var epoch = (await Bandstand.Get("price", Token)).Value.Epoch;
        await Batches("w", 10, converts: "c");
        Assert.True((await Bandstand.Get("price", Token)).Value.Epoch > epoch);
        Assert.DoesNotContain((await Bandstand.AssignMany("price", Identities(200, "w"), Token)).Value, answer => answer.Alternative == "b");
    }

    private async Task<Dictionary<string, int>> WeightsNow() => (await Bandstand.Get("price", Token)).Value.Weights.ToDictionary();

    /// <summary>People in lists of 20: all who get one of the alternatives convert, and every tenth of the others.</summary>
    private async Task Batches(string prefix, int lists, string converts)
    {
        for (var list = 0; list < lists; list++)
        {
            var answers = (await Bandstand.AssignMany("price", [.. Identities(20 * (list + 1), prefix).Skip(20 * list)], Token)).Value;
            await Send(string.Join('\n', answers.Where((answer, i) => answer.Alternative == converts || i % 10 == 0).Select(answer => $$"""{"metric":"signup","identity":"{{answer.Identity}}"}""")));
        }
    }
}
