using Bandstand.Assignment;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Embedded;

/// <summary>A host that is killed somewhere between a batch that makes a rebalance due and its answer.</summary>
public class KilledReviewTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_was_durable_by_then_the_rebalance_is_made_once()
    {
        var occasions = new HashSet<string>();
        var kill = 1;
        for (var killed = true; killed; kill++)
        {
            (killed, var rebalanced) = await LiveAndDie(kill);
            occasions.Add(Assert.Single(rebalanced)[..15]);
        }

        // Before the batch or the rebalance was durable, and not at all; or in between, and then it comes with who comes next.
        Assert.Equal(["After 100 parti", "After 120 parti"], occasions.Order(StringComparer.Ordinal));
        Assert.True(kill > 3, "There were too few moments to be killed in.");
    }

    /// <summary>A hundred people come in lists of twenty; the host is killed in a write of the last one, which is then sent again to another host, as are twenty more.</summary>
    /// <returns>Whether it was killed, and the reasons of its rebalances.</returns>
    private static async Task<(bool Killed, List<string> Rebalanced)> LiveAndDie(int kill)
    {
        InMemoryJournalStore store = null!;
        InMemoryJournalStore? left = null;
        var writes = int.MinValue;
        store = new InMemoryJournalStore(() =>
        {
            if (++writes == kill)
            {
                left = store.Restart();
                throw new IOException("It was killed.");
            }

            return Task.CompletedTask;
        });
        var engine = await EmbeddedExperiments.OpenAsync(store, Options());
        await engine.Define("price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","shards":3,"metrics":[{"id":"m"}],"allocation":{"policy":"bandit","burnIn":10,"every":{"assignments":100}}}""", Token);
        for (var list = 0; list < 4; list++)
        {
            await Converting(engine, list);
        }

        writes = 0;
        await engine.AssignMany("price", People(4), Token); // Nobody hears the answer.
        writes = int.MinValue;
        if (left is not null)
        {
            engine = await EmbeddedExperiments.OpenAsync(left, Options());
            Assert.Null((await engine.AssignMany("price", People(4), Token)).Refusal?.Detail);
        }

        Assert.Null((await engine.AssignMany("price", People(5), Token)).Refusal?.Detail);
        var decisions = (await engine.Decisions("price", 0, 100, Token)).Value.Items;
        return (left is not null, [.. decisions.Where(decision => decision.Kind == "rebalanced").Select(decision => decision.Reason)]);
    }

    private static async Task Converting(EmbeddedExperiments engine, int list)
    {
        var answers = (await engine.AssignMany("price", People(list), Token)).Value;
        var lines = string.Join('\n', answers.Where(answer => answer.Alternative == "b").Select(answer => $$"""{"metric":"m","identity":"{{answer.Identity}}"}"""));
        await engine.Ingest(new EventBatch(System.Text.Encoding.UTF8.GetBytes(lines), EventFormat.Lines), Token);
    }

    private static AssignmentRequest[] People(int list) => [.. Enumerable.Range(20 * list, 20).Select(person => new AssignmentRequest($"u{person}"))];

    private static EmbeddedOptions Options() => new() { Clock = new FakeClock(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero)), Tick = TimeSpan.FromDays(40) };
}
