using System.Collections.Concurrent;
using System.Text;
using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>What is due by the number of participants, when shards are late, silent or new.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class SettlementTests(TestClusterHost host) : IAsyncLifetime
{
    private const int Shards = 4;
    private const string Race = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"m"}],"shards":4,"allocation":{"policy":"bandit","burnIn":10,"every":{"assignments":100}}}""";
    private const string Plain = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"m"}],"shards":4}""";
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));
    private ClusterExperiments front = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host.Begin(clock);
        front = host.Front(clock);
        await front.Define("race", Race, Token);
        var first = (await front.AssignMany("race", People(0, 60), Token)).Value;
        await Send(first.Where(assigned => assigned.Alternative == "b").Select(assigned => $$"""{"metric":"m","identity":"{{assigned.Identity}}"}"""));
    }

    public async ValueTask DisposeAsync()
    {
        host.Around = call => call.Invoke();
        await host.DeactivateAll();
    }

    [Theory]
    [InlineData(nameof(IParticipantShardGrain.AssignMany))]
    [InlineData(nameof(IParticipantShardGrain.Apply))]
    public async Task A_review_sees_all_of_a_batch_however_late_one_of_its_shards_is(string method)
    {
        var others = new CountdownEvent(Shards - 1);
        var rest = new TaskCompletionSource();
        host.Around = async call =>
        {
            var isLeg = call.InterfaceMethod.Name == method;
            if (isLeg && call.TargetId.Key.ToString()!.EndsWith("/0", StringComparison.Ordinal))
            {
                await rest.Task;
            }

            await call.Invoke();
            if (isLeg && !others.IsSet && others.Signal())
            {
                rest.SetResult();
            }
        };

        if (method == nameof(IParticipantShardGrain.AssignMany))
        {
            await front.AssignMany("race", People(60, 80), Token);
        }
        else
        {
            await Send(People(60, 80).Select((person, number) => $$"""{"type":"exposure","experiment":"race","identity":"{{person.Identity}}","alternative":"{{"ab"[number % 2]}}"}"""));
        }

        var rebalanced = Assert.Single((await front.Decisions("race", 0, 100, Token)).Value.Items, decision => decision.Kind == "rebalanced");
        Assert.Equal(140, rebalanced.Figures!.Sum(figure => figure.Participants));
    }

    [Fact]
    public async Task Every_shard_hands_out_the_new_weights_once_the_decision_can_be_seen()
    {
        var stale = host.Front(clock);
        await front.Define("plain", Plain, Token);
        await stale.AssignMany("plain", People(60, 10), Token);

        // The decision is durable while the shards do not know of it yet.
        var told = new TaskCompletionSource();
        var silent = new TaskCompletionSource();
        host.Around = async call =>
        {
            if (call.InterfaceMethod.Name == nameof(IParticipantShardGrain.Switch))
            {
                told.TrySetResult();
                await silent.Task;
            }

            await call.Invoke();
        };
        var command = front.Execute("plain", new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 0, ["b"] = 1 }, "b only"), cancellationToken: Token).AsTask();
        await told.Task;
        var reader = host.Front(clock);
        Assert.Equal(1, (await reader.Get("plain", Token)).Value.Epoch);
        var early = (await reader.AssignMany("plain", People(1000, 60), Token)).Value;
        Assert.Equal((1, 60), (early.Select(assigned => assigned.Epoch).Distinct().Single(), early.Count(assigned => assigned.Alternative == "b")));
        silent.SetResult();
        Assert.False((await command).IsRefused);

        var late = (await stale.AssignMany("plain", People(2000, 60), Token)).Value;
        Assert.Equal((1, 60), (late.Select(assigned => assigned.Epoch).Distinct().Single(), late.Count(assigned => assigned.Alternative == "b")));
    }

    [Fact]
    public async Task Each_shard_has_confirmed_a_rebalance_when_it_is_answered()
    {
        var confirmed = new ConcurrentBag<string>();
        host.Around = async call =>
        {
            await call.Invoke();
            if (call.InterfaceMethod.Name == nameof(IParticipantShardGrain.Switch))
            {
                confirmed.Add(call.TargetId.Key.ToString()!);
            }
        };

        Assert.Equal(1, (await front.Execute("race", new ExperimentCommand.Rebalance(), cancellationToken: Token)).Value.Epoch);

        Assert.Equal(Shards, confirmed.Distinct().Count());
    }

    [Fact]
    public async Task Shards_that_begin_again_do_not_make_a_review_late()
    {
        await host.DeactivateAll();
        var again = host.Front(clock);
        for (var person = 60; person < 99; person++)
        {
            await again.Assign("race", $"u{person}", Token);
        }

        Assert.Equal(0, (await again.Get("race", Token)).Value.Epoch);
        await again.Assign("race", "u99", Token);
        Assert.Equal(1, (await again.Get("race", Token)).Value.Epoch);
    }

    private static AssignmentRequest[] People(int first, int count) => [.. Enumerable.Range(first, count).Select(person => new AssignmentRequest($"u{person}"))];

    private async Task Send(IEnumerable<string> lines)
        => Assert.Equal(0, (await front.Ingest(new EventBatch(Encoding.UTF8.GetBytes(string.Join('\n', lines)), EventFormat.Lines), Token)).Value.RejectedCount);
}
