using System.Text;
using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Ports;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>Two front ends, of which one has not heard: what was acknowledged to one holds for the other at once.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class StaleFrontTests(TestClusterHost host) : IAsyncLifetime
{
    private const string TwoArms = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}],"shards":4}""";
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));
    private ClusterExperiments one = null!;
    private ClusterExperiments two = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host.Begin(clock);
        (one, two) = (host.Front(clock), host.Front(clock));
        await one.Define("price", TwoArms, Token);
        await two.Assign("price", "u1", Token);
    }

    public async ValueTask DisposeAsync() => await host.DeactivateAll();

    [Fact]
    public async Task A_disabled_experiment_gives_the_default_everywhere()
    {
        await Do(new ExperimentCommand.Disable());

        Assert.Equal(AssignmentReason.Disabled, (await two.Assign("price", "u2", Token)).Reason);
    }

    [Fact]
    public async Task Nobody_of_an_ended_generation_is_remembered_anywhere()
    {
        var before = await two.Assign("price", "u1", Token);
        Assert.Equal(AssignmentReason.Sticky, before.Reason);
        await Do(new ExperimentCommand.Reset(null));

        var after = await two.Assign("price", "u1", Token);

        Assert.Equal(AssignmentReason.Assigned, after.Reason);
        Assert.Equal(1, (await two.Score("price", cancellationToken: Token)).Value.Participants);
    }

    [Fact]
    public async Task A_deleted_experiment_is_unknown_everywhere()
    {
        await Do(new ExperimentCommand.Delete());

        Assert.Equal("experiment-not-found", (await two.Assign("price", new AssignmentRequest("u1"), Token)).Refusal?.Code);
        Assert.Equal("experiment-not-found", (await two.AssignMany("price", [new AssignmentRequest("u1")], Token)).Refusal?.Code);
        Assert.Equal("experiment-not-found", (await two.Score("price", cancellationToken: Token)).Refusal?.Code);
        Assert.Empty((await two.List(null, 10, Token)).Value.Items);
    }

    [Fact]
    public async Task New_weights_are_handed_out_everywhere()
    {
        await Do(new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 0, ["b"] = 1 }, "b only"));

        for (var i = 0; i < 20; i++)
        {
            var assigned = await two.Assign("price", $"new{i}", Token);
            Assert.Equal(("b", 1, 1.0), (assigned.Alternative, assigned.Epoch, assigned.Probability));
        }

        var many = (await two.AssignMany("price", [.. Enumerable.Range(0, 50).Select(i => new AssignmentRequest($"many{i}"))], Token)).Value;
        Assert.All(many, assigned => Assert.Equal("b", assigned.Alternative));
    }

    [Fact]
    public async Task A_slice_of_a_layer_holds_everywhere()
    {
        await one.Define("price", TwoArms.Replace("\"shards\":4", "\"shards\":4,\"targeting\":{\"layer\":{\"name\":\"checkout\",\"from\":0,\"to\":0.000001}}", StringComparison.Ordinal), Token);

        Assert.Equal(AssignmentReason.Excluded, (await two.Assign("price", "u9", Token)).Reason);
    }

    [Fact]
    public async Task A_metric_that_was_added_counts_everywhere()
    {
        Assert.Equal(1, (await Send(two, "signup")).Accepted);
        await one.Define("price", TwoArms.Replace("}],\"shards\"", "},{\"id\":\"visit\",\"kind\":\"count\"}],\"shards\"", StringComparison.Ordinal), Token);

        Assert.Equal(1, (await Send(two, "visit")).Accepted);
    }

    [Fact]
    public async Task An_experiment_that_was_created_elsewhere_is_known_at_once()
    {
        Assert.Equal("experiment-not-found", (await two.Assign("colour", new AssignmentRequest("u1"), Token)).Refusal?.Code);
        await one.Define("colour", TwoArms, Token);

        Assert.True((await two.Assign("colour", "u1", Token)).New);
        Assert.Equal(1, (await Send(two, "signup")).Accepted);
    }

    [Fact]
    public async Task Asking_for_what_was_never_defined_stores_nothing()
    {
        var before = host.Storage.Names.Count;
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await two.Assign($"never{i}", new AssignmentRequest("u1"), Token)).IsRefused);
            Assert.True((await two.Execute($"never{i}", new ExperimentCommand.Start(), cancellationToken: Token)).IsRefused);
            Assert.True((await two.Get($"never{i}", Token)).IsRefused);
        }

        Assert.Equal(before, host.Storage.Names.Count);
    }

    private async Task Do(ExperimentCommand command) => Assert.False((await one.Execute("price", command, cancellationToken: Token)).IsRefused);

    private static async Task<EventReceipt> Send(ClusterExperiments front, string metric)
        => (await front.Ingest(new EventBatch(Encoding.UTF8.GetBytes($$"""{"metric":"{{metric}}","identity":"u1"}"""), EventFormat.Lines), Token)).Value;
}
