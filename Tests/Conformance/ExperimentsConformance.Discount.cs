using System.Globalization;
using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Experiments;

namespace Bandstand.Tests.Conformance;

public abstract partial class ExperimentsConformance
{
    private const string Forgetting = """
        {"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"signup"}],"shards":4,"assignment":{"seed":"forgetting"},
         "allocation":{"policy":"bandit","algorithm":"ALGORITHM","every":{"assignments":100},"floor":0.02,"burnIn":20,"discount":0.8}}
        """;

    [Theory]
    [InlineData("thompson")]
    [InlineData("top-two")]
    public async Task A_bandit_that_forgets_decides_the_same_when_its_host_began_again_in_the_middle(string algorithm)
    {
        var straight = await Forget(algorithm, _ => false);
        await Do("price", new ExperimentCommand.Delete());

        // In the middle of an interval, just before and just after a rebalance.
        var restarted = await Forget(algorithm, first => first is 340 or 480 or 500 or 720);

        Assert.Equal(straight, restarted);
        Assert.Equal(11, straight.Count(line => line.StartsWith("epoch", StringComparison.Ordinal)));
        Assert.Contains(straight, line => line.Contains("figures count 0.8 times as much", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bandit_that_forgets_follows_a_world_that_changed()
    {
        await Forget("thompson", _ => false);
        var weights = (await Bandstand.Get("price", Token)).Value.Weights.ToDictionary();

        // c has been the best of the last 300 of 1 000, and a of the first 400.
        Assert.True(weights["c"] > 8_000, string.Join(' ', weights));
        Assert.True(weights["a"] >= 200, string.Join(' ', weights));
    }

    [Theory]
    [InlineData("""{"period":"PT1H"}""")]
    [InlineData("""{"assignments":100}""")]
    public async Task A_review_that_changed_nothing_is_not_made_again_when_the_host_begins_again(string every)
    {
        await Define("price", Bandit(every).Replace("\"burnIn\":20", "\"burnIn\":50", StringComparison.Ordinal));
        await Bandstand.AssignMany("price", Identities(98), Token);
        await Assign("price", "u98");
        await Assign("price", "u99");
        await Pass(TimeSpan.FromMinutes(61)); // One of the two is still in its burn-in: weights stay.
        Assert.Equal(0, (await Bandstand.Get("price", Token)).Value.Epoch);
        var answers = (await Bandstand.AssignMany("price", [.. Identities(150).Skip(100)], Token)).Value;
        await Send(string.Join('\n', answers.Where(answer => answer.Alternative == "b").Select(answer => $$"""{"metric":"signup","identity":"{{answer.Identity}}"}""")));

        await Restart();
        await Assign("price", "u150");
        await Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(0, (await Bandstand.Get("price", Token)).Value.Epoch);

        await Bandstand.AssignMany("price", [.. Identities(200).Skip(151)], Token);
        await Pass(TimeSpan.FromMinutes(50));
        Assert.Equal(1, (await Bandstand.Get("price", Token)).Value.Epoch);
    }

    /// <summary>A thousand people in lists of twenty, of whom the most convert with a, then with b, then with c; what was decided, as text.</summary>
    private async Task<List<string>> Forget(string algorithm, Func<int, bool> restarts)
    {
        await Define("price", Forgetting.Replace("ALGORITHM", algorithm, StringComparison.Ordinal));
        for (var first = 0; first < 1_000; first += 20)
        {
            if (restarts(first))
            {
                await Restart();
            }

            var best = first switch { < 400 => "a", < 700 => "b", _ => "c" };
            var answers = (await Bandstand.AssignMany("price", [.. Enumerable.Range(first, 20).Select(person => new AssignmentRequest($"{person}"))], Token)).Value;
            var converted = answers.Where((answer, i) => (first + i) * 7919 % 100 < (answer.Alternative == best ? 60 : 15));
            await Send(string.Join('\n', converted.Select(answer => $$"""{"metric":"signup","identity":"{{answer.Identity}}"}""")));
        }

        return
        [
            .. (await Bandstand.Epochs("price", -1, 1_000, Token)).Value.Items.Select(epoch => string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Number} {string.Join(' ', epoch.Weights)} {epoch.Reason}")),
            .. (await Bandstand.Decisions("price", 0, 1_000, Token)).Value.Items.Select(decision => JsonSerializer.Serialize(decision)),
        ];
    }
}
