using System.Text;
using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Grains.Journal;
using Bandstand.Ports;
using Bandstand.Tests.Cluster.Journal;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>What grains do when their storage fails, and what is left when they begin again elsewhere.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class RecoveringGrainsTests(TestClusterHost host) : IAsyncLifetime
{
    private const string TwoArms = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"},{"id":"revenue","kind":"value"}],"shards":2}""";
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));
    private ClusterExperiments front = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        host.Begin(clock);
        front = host.Front(clock);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        host.Storage.Decide = (_, _) => Fate.Land;
        await host.DeactivateAll();
    }

    [Fact]
    public async Task Everything_is_as_it_was_after_all_activations_ended()
    {
        await front.Define("price", TwoArms, Token);
        for (var i = 0; i < 50; i++)
        {
            await front.Assign("price", $"u{i}", Token);
        }

        await Send("""{"metric":"signup","identity":"u1"}""" + "\n" + """{"metric":"revenue","identity":"u2","value":12.5}""", new ProducerSequence("web", 1));
        await front.Force("price", "u3", "b", Token);
        var before = await Everything();

        await host.DeactivateAll();
        var again = host.Front(clock);

        Assert.Equal(before, await Everything(again));
        Assert.Equal(0, (await Send("""{"metric":"signup","identity":"u1"}""", new ProducerSequence("web", 1))).Accepted);
        Assert.Equal(AssignmentReason.Forced, (await again.Assign("price", "u3", Token)).Reason);
    }

    [Theory]
    [InlineData(Fate.Fail)]
    [InlineData(Fate.LandAndFail)]
    [InlineData(Fate.LandAndConflict)]
    public async Task What_is_sent_again_after_a_write_of_unknown_fate_counts_once(object fate)
    {
        await front.Define("price", TwoArms, Token);
        var random = new Random(7);
        var sent = 0;
        for (var sequence = 0; sequence < 60; sequence++)
        {
            var identity = $"u{sequence % 10}";
            host.Storage.Decide = (kind, _) => kind == "write" && random.Next(3) == 0 ? (Fate)fate : Fate.Land;
            await Until(async () => !(await front.Assign("price", new AssignmentRequest(identity), Token)).IsRefused);
            await Until(async () => !(await front.Ingest(Batch($$"""{"metric":"signup","identity":"{{identity}}"}""", new ProducerSequence("web", sequence)), Token)).IsRefused);
            sent++;
        }

        host.Storage.Decide = (_, _) => Fate.Land;
        var rows = (await front.Score("price", new ScoreQuery("bayes", "signup"), Token)).Value.Alternatives;
        Assert.Equal(sent, rows.Sum(row => row.Conversions));
        Assert.Equal(10, rows.Sum(row => row.Participants));
        Assert.Equal(sent, (await front.MetricValues("signup", new DateOnly(2026, 1, 31), new DateOnly(2026, 1, 31), Token)).Value[0].Events);
    }

    [Theory]
    [InlineData(Fate.Fail)]
    [InlineData(Fate.LandAndFail)]
    public async Task A_definition_that_is_sent_again_is_there_once_whatever_failed(object fate)
    {
        for (var failing = 0; failing < 25; failing++)
        {
            var id = $"price{failing}";
            var requests = 0;
            host.Storage.Decide = (_, _) => Interlocked.Increment(ref requests) == failing + 1 ? (Fate)fate : Fate.Land;
            var definition = ExperimentDefinitionJson.Parse(id, Encoding.UTF8.GetBytes(TwoArms)).Value;
            await Until(async () => !(await front.Put(definition, cancellationToken: Token)).IsRefused);
            host.Storage.Decide = (_, _) => Fate.Land;

            Assert.Equal(ExperimentStatus.Running, (await front.Get(id, Token)).Value.Status);
            Assert.Equal(1, (await front.Get(id, Token)).Value.Generation);
            Assert.True((await front.Assign(id, "u1", Token)).New);
        }

        Assert.Equal(25, (await front.List(null, 100, Token)).Value.Items.Count);
    }

    [Theory]
    [InlineData(Fate.Fail)]
    [InlineData(Fate.LandAndFail)]
    public async Task Many_assignments_that_failed_halfway_are_the_same_when_they_are_sent_again(object fate)
    {
        await front.Define("price", TwoArms, Token);
        AssignmentRequest[] people = [.. Enumerable.Range(0, 100).Select(person => new AssignmentRequest($"u{person}"))];
        var expected = (await front.AssignMany("price", [.. people.Select(person => person with { Record = false })], Token)).Value;

        var writes = 0;
        host.Storage.Decide = (kind, _) => kind == "write" && Interlocked.Increment(ref writes) == 1 ? (Fate)fate : Fate.Land;
        var refused = await front.AssignMany("price", people, Token);
        var stored = (await front.Score("price", new ScoreQuery("classic"), Token)).Value.Participants;
        var again = (await front.AssignMany("price", people, Token)).Value;

        Assert.Equal((RefusalKind.Unavailable, "storage-unavailable"), (refused.Refusal?.Kind, refused.Refusal?.Code));
        Assert.InRange(stored, 1, (Fate)fate == Fate.Fail ? 99 : 100);
        Assert.Equal(100 - stored, again.Count(answer => answer.New));
        Assert.All(again, answer => Assert.Equal(answer.New ? AssignmentReason.Assigned : AssignmentReason.Sticky, answer.Reason));
        Assert.Equal(expected.Select(answer => answer.Alternative), again.Select(answer => answer.Alternative));
        Assert.Equal(100, (await front.Score("price", new ScoreQuery("classic"), Token)).Value.Participants);
    }

    [Fact]
    public async Task An_ended_generation_leaves_a_tombstone_and_a_fence_for_each_shard()
    {
        await front.Define("price", TwoArms, Token);
        await front.Assign("price", "u1", Token);
        await front.Execute("price", new ExperimentCommand.Delete(), cancellationToken: Token);

        var left = host.Storage.Owned("bandstand-shard/price/1/");
        Assert.Equal(4, left.Count);
        Assert.Equal(2, left.Count(name => name == "head"));
    }

    [Fact]
    public async Task A_shard_that_is_damaged_stops_its_experiment_and_no_other()
    {
        await front.Define("price", TwoArms, Token);
        await front.Define("colour", TwoArms, Token);
        await front.Assign("price", "u1", Token);
        await front.Assign("colour", "u1", Token);
        await host.DeactivateAll();
        host.Storage.CorruptOwned("bandstand-shard/price/1/0", "head");
        host.Storage.CorruptOwned("bandstand-shard/price/1/1", "head");

        Assert.Equal("experiment-damaged", (await front.Assign("price", new AssignmentRequest("u1"), Token)).Refusal?.Code);
        Assert.Equal("experiment-damaged", (await front.Score("price", cancellationToken: Token)).Refusal?.Code);
        Assert.Equal(AssignmentReason.Sticky, (await front.Assign("colour", "u1", Token)).Reason);
        Assert.Contains(host.Failures, error => error is JournalDamagedException { Actor.Kind: ActorKind.Shard });
    }

    [Theory]
    [InlineData(ActorKind.Experiment, "bandstand-experiment", "price")]
    [InlineData(ActorKind.Shard, "bandstand-shard", "price/1/0")]
    public async Task What_another_version_wrote_stops_its_experiment_and_is_left_as_it_is(ActorKind kind, string type, string key)
    {
        await front.Define("price", TwoArms.Replace("\"shards\":2", "\"shards\":1", StringComparison.Ordinal), Token);
        await front.Define("colour", TwoArms, Token);
        await front.Assign("price", "u1", Token);
        await host.DeactivateAll();
        var journal = new GrainStorageJournal(host.Storage, GrainId.Create(type, key), new ActorKey(kind, "price", kind == ActorKind.Shard ? 1 : 0, 0));
        await journal.Recover(new JournalOwner(host.Storage), Token);
        await journal.Append("\xff{}"u8);

        var again = host.Front(clock);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal("storage-unreadable", (await again.Assign("price", new AssignmentRequest("u1"), Token)).Refusal?.Code);
        }

        Assert.True((await again.Assign("colour", "u1", Token)).New);
        Assert.Contains(host.Failures, error => error.Message.Contains($"of {new ActorKey(kind, "price", kind == ActorKind.Shard ? 1 : 0, 0)} in grain storage is as it was written, but this version cannot read it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_store_says_is_reported_and_not_told_to_callers()
    {
        await front.Define("price", TwoArms, Token);
        await front.Define("banner", """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","allocation":{"policy":"timestep","decide":"classic"}}""", Token);
        host.Storage.Decide = (kind, _) => kind == "write" ? Fate.Fail : Fate.Land;

        Refusal?[] refusals =
        [
            (await front.Assign("price", new AssignmentRequest("u1"), Token)).Refusal,
            (await front.AssignMany("price", [new AssignmentRequest("u2")], Token)).Refusal,
            (await front.Execute("price", new ExperimentCommand.Disable(), cancellationToken: Token)).Refusal,
            (await front.Execute("price", new ExperimentCommand.Reset(null), cancellationToken: Token)).Refusal,
            (await front.Ingest(Batch("""{"metric":"signup","identity":"u3"}"""), Token)).Refusal,
            (await front.Observe("banner", 0, new ObservationBatch("banner,target\n0,1\n"u8.ToArray(), ObservationFormat.Csv), Token)).Refusal,
            (await front.Put(ExperimentDefinitionJson.Parse("colour", Encoding.UTF8.GetBytes(TwoArms)).Value, cancellationToken: Token)).Refusal,
        ];

        Assert.All(refusals, refusal => Assert.Equal((RefusalKind.Unavailable, "storage-unavailable"), (refusal?.Kind, refusal?.Code)));
        Assert.All(refusals, refusal => Assert.DoesNotContain("store.internal", refusal!.Detail, StringComparison.Ordinal));
        Assert.All(refusals, refusal => Assert.EndsWith("send the same again.", refusal!.Detail, StringComparison.Ordinal));
        Assert.True(host.Failures.Count >= refusals.Length);
        Assert.All(host.Failures, error => Assert.Contains("store.internal", error.Message, StringComparison.Ordinal));
    }

    private static EventBatch Batch(string lines, ProducerSequence? producer = null) => new(Encoding.UTF8.GetBytes(lines), EventFormat.Lines, producer);

    private async Task<EventReceipt> Send(string lines, ProducerSequence? producer = null) => (await front.Ingest(Batch(lines, producer), Token)).Value;

    private static async Task Until(Func<Task<bool>> done)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await done())
            {
                return;
            }
        }

        Assert.Fail("It was refused a hundred times.");
    }

    private Task<string> Everything() => Everything(front);

    private static async Task<string> Everything(ClusterExperiments front)
    {
        var score = (await front.Score("price", new ScoreQuery("bayes", "signup"), Token)).Value;
        var answers = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            answers.Add((await front.Assign("price", new AssignmentRequest($"u{i}", null, Record: false), Token)).Value.Alternative);
        }

        return string.Join('\n', [
            .. score.Alternatives.Select(row => row.ToString()),
            string.Join(' ', answers),
            string.Join(' ', (await front.History("price", Participants.HistoryUnit.Hour, Token)).Value.Points.Select(point => $"{point.From:O} {point.Alternative} {point.Participants}")),
            string.Join(' ', (await front.Participant("u2", Token)).Value.Experiments.SelectMany(held => held.Totals)),
            string.Join(' ', (await front.Metrics(null, 10, Token)).Value.Items.Select(metric => $"{metric.Id} {metric.LastEventAt:O}")),
        ]);
    }
}
