using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Bandstand.Assignment;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Storage;
using Microsoft.Data.Sqlite;

namespace Bandstand.Tests.Embedded;

/// <summary>What is left of an engine when it is opened again, on real SQLite files.</summary>
public sealed class EmbeddedDurabilityTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bandstand-");
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(4 << 20)] // entries only
    [InlineData(256)] // a snapshot every few entries
    public async Task What_was_answered_is_there_after_a_restart(long snapshotBytes)
    {
        IReadOnlyList<AssignmentResult> before;
        string scoreBefore;
        await using (var engine = await Open(snapshotBytes))
        {
            await engine.Define("price", Price);
            before = await AssignPeople(engine, 200);
            for (var person = 0; person < 200; person += 3)
            {
                await Send(engine, $$"""{"metric":"signup","identity":"u{{person}}"}{{"\n"}}{"metric":"revenue","identity":"u{{person}}","value":{{person}}.25}""", person);
            }

            await engine.Force("price", "u7", "b", Token);
            await engine.Erase("u8", Token);
            await engine.Execute("price", new ExperimentCommand.SetWeights(new Dictionary<string, double> { ["a"] = 1, ["b"] = 4 }, "by hand"), cancellationToken: Token);
            scoreBefore = await Scores(engine);
        }

        await using var again = await Open(snapshotBytes);

        Assert.Equal(scoreBefore, await Scores(again));
        var after = await AssignPeople(again, 200);
        Assert.All(before.Zip(after).Where((_, person) => person is not (7 or 8)), pair => Assert.Equal(
            (pair.First.Alternative, pair.First.Epoch, pair.First.Probability, AssignmentReason.Sticky),
            (pair.Second.Alternative, pair.Second.Epoch, pair.Second.Probability, pair.Second.Reason)));
        Assert.Equal(AssignmentReason.Forced, after[7].Reason);
        Assert.True(after[8].New);
        Assert.Equal(1, (await Send(again, """{"metric":"signup","identity":"u0"}""", 0)).Duplicates);
        Assert.Equal(67, (await again.MetricValues("signup", new DateOnly(2026, 1, 31), new DateOnly(2026, 1, 31), Token)).Value[0].Events);
    }

    [Fact]
    public async Task A_reset_and_a_deleted_experiment_leave_nothing_to_a_later_start()
    {
        await using (var engine = await Open())
        {
            await engine.Define("price", Price);
            await engine.Define("gone", Price);
            await AssignPeople(engine, 50);
            await engine.Assign("gone", "u1", Token);
            await engine.Execute("price", new ExperimentCommand.Reset("other"), cancellationToken: Token);
            await engine.Execute("gone", new ExperimentCommand.Delete(), cancellationToken: Token);
        }

        await using var again = await Open();

        Assert.Equal(["price"], (await again.List(null, 10, Token)).Value.Items.Select(view => view.Definition.Id));
        Assert.Equal(0, (await again.Score("price", new ScoreQuery("classic"), Token)).Value.Participants);
    }

    [Fact]
    public async Task Damage_to_one_experiment_stops_only_that_one()
    {
        await using (var engine = await Open())
        {
            await engine.Define("price", Price);
            await AssignPeople(engine, 20);
            await engine.Define("colour", Price);
            await engine.Assign("colour", "u1", Token);
        }

        Damage("price");
        var reported = new ConcurrentQueue<Exception>();

        await using var again = await EmbeddedExperiments.OpenAsync(folder.FullName, Options() with { Failed = reported.Enqueue });
        var stopped = await again.Assign("price", new AssignmentRequest("u1"), Token);
        var other = await again.Assign("colour", "u1", Token);

        Assert.Equal((RefusalKind.Unavailable, "experiment-damaged"), (stopped.Refusal?.Kind, stopped.Refusal?.Code));
        Assert.Contains("price", stopped.Refusal!.Detail, StringComparison.Ordinal);
        Assert.Contains("row 1 of its entries fails its checksum", Assert.Single(reported).Message, StringComparison.Ordinal);
        Assert.Equal(AssignmentReason.Sticky, other.Reason);
        Assert.Equal("experiment-damaged", (await again.Get("price", Token)).Refusal?.Code);
        Assert.Equal(0, (await again.Ingest(new EventBatch("""{"metric":"signup","identity":"u2"}"""u8.ToArray(), EventFormat.Lines), Token)).Value.Accepted);
    }

    [Fact]
    public async Task Weights_are_the_same_with_and_without_a_restart_between()
    {
        var straight = await RunBandit(restartAfter: -1, "straight");
        var restarted = await RunBandit(restartAfter: 333, "restarted");

        Assert.NotEmpty(straight);
        Assert.Equal(straight, restarted);
    }

    [Fact]
    public async Task Who_looked_and_in_which_culture_changes_no_weight()
    {
        var straight = await RunBandit(restartAfter: -1, "unseen");
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (strange.NumberFormat.NumberDecimalSeparator, strange.NumberFormat.NegativeSign, strange.NumberFormat.PercentSymbol) = (",", "~", "#");
            CultureInfo.CurrentCulture = strange;
            Assert.Equal(straight, await RunBandit(restartAfter: 500, "looked", lookEvery: 7));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task A_write_that_fails_is_refused_and_what_was_answered_before_stays()
    {
        var fail = false;
        var store = new InMemoryJournalStore(() => fail ? throw new JournalUnavailableException("storage-full", "The disk is full. Make room.") : Task.CompletedTask);
        await using var engine = await EmbeddedExperiments.OpenAsync(store, Options());
        await engine.Define("price", Price);
        var before = await engine.Assign("price", "u1", Token);

        fail = true;
        var refused = await engine.Assign("price", new AssignmentRequest("u2"), Token);
        var looked = await engine.Assign("price", new AssignmentRequest("u1"), Token);
        fail = false;
        var retried = await engine.Assign("price", "u2", Token);

        Assert.Equal((RefusalKind.Unavailable, "storage-full"), (refused.Refusal?.Kind, refused.Refusal?.Code));
        Assert.Equal(before.Alternative, looked.Value.Alternative);
        Assert.True(retried.New);
        Assert.Equal(2, (await engine.Score("price", new ScoreQuery("classic"), Token)).Value.Participants);
    }

    [Fact]
    public async Task Many_assignments_that_failed_halfway_are_the_same_when_they_are_sent_again()
    {
        var writes = int.MinValue;
        var store = new InMemoryJournalStore(() => ++writes > 50 ? throw new JournalUnavailableException("storage-full", "The disk is full. Make room.") : Task.CompletedTask);
        await using var engine = await EmbeddedExperiments.OpenAsync(store, Options());
        await engine.Define("price", Price);
        AssignmentRequest[] people = [.. Enumerable.Range(0, 100).Select(person => new AssignmentRequest($"u{person}"))];
        var expected = (await engine.AssignMany("price", [.. people.Select(person => person with { Record = false })], Token)).Value;

        writes = 0;
        var refused = await engine.AssignMany("price", people, Token);
        writes = int.MinValue;
        var stored = (await engine.Score("price", new ScoreQuery("classic"), Token)).Value.Participants;
        var again = (await engine.AssignMany("price", people, Token)).Value;

        Assert.Equal((RefusalKind.Unavailable, "storage-full"), (refused.Refusal?.Kind, refused.Refusal?.Code));
        Assert.InRange(stored, 1, 99);
        Assert.Equal(100 - stored, again.Count(answer => answer.New));
        Assert.All(again, answer => Assert.Equal(answer.New ? AssignmentReason.Assigned : AssignmentReason.Sticky, answer.Reason));
        Assert.Equal(expected.Select(answer => answer.Alternative), again.Select(answer => answer.Alternative));
        Assert.Equal(100, (await engine.Score("price", new ScoreQuery("classic"), Token)).Value.Participants);
    }

    [Theory]
    [InlineData(1)] // the experiment's own entry fails
    [InlineData(2)] // it is durable, and the switch of the shards fails
    public async Task A_change_that_failed_halfway_is_whole_when_it_is_sent_again(int failing)
    {
        var writes = int.MinValue;
        var store = new InMemoryJournalStore(() => ++writes >= failing ? throw new JournalUnavailableException("storage-full", "The disk is full. Make room.") : Task.CompletedTask);
        await using var engine = await EmbeddedExperiments.OpenAsync(store, Options());
        await engine.Define("price", Price);
        await engine.Assign("price", "u1", Token);
        var changed = ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes(Price.Replace("revenue", "sales", StringComparison.Ordinal))).Value;

        writes = 0;
        var refused = await engine.Put(changed, default, Token);
        writes = int.MinValue;
        var again = await engine.Put(changed, default, Token);

        Assert.Equal(RefusalKind.Unavailable, refused.Refusal?.Kind);
        Assert.False(again.IsRefused);
        Assert.Equal(1, (await Send(engine, """{"metric":"sales","identity":"u1","value":5}""", 1)).Accepted);
    }

    [Fact]
    public async Task A_change_that_failed_halfway_is_finished_by_the_clock()
    {
        var writes = int.MinValue;
        var store = new InMemoryJournalStore(() => ++writes >= 2 ? throw new JournalUnavailableException("storage-full", "The disk is full. Make room.") : Task.CompletedTask);
        await using var engine = await EmbeddedExperiments.OpenAsync(store, Options());
        await engine.Define("price", Price);
        await engine.Assign("price", "u1", Token);

        writes = 0;
        await engine.Put(ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes(Price.Replace("revenue", "sales", StringComparison.Ordinal))).Value, default, Token);
        writes = int.MinValue;
        await engine.RunDueAsync();

        Assert.Equal(1, (await Send(engine, """{"metric":"sales","identity":"u1","value":5}""", 1)).Accepted);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_while_loading_is_named_with_the_remedy()
    {
        await using (var engine = await Open())
        {
            await engine.Define("price", Price);
            await engine.Define("colour", Price);
        }

        var store = SqliteJournalStore.Open(folder.FullName, new SqliteStoreOptions { Host = "server" });
        var file = Path.Combine(folder.FullName, "bandstand.db");
        File.Delete(file); // The writer has it open still; whoever reads opens it anew.

        var error = await Assert.ThrowsAsync<StorageException>(async () => await EmbeddedExperiments.OpenAsync(store, Options()));

        Assert.Equal("storage-unavailable", error.Code);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Then start again.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_store_says_is_reported_and_not_told_to_callers()
    {
        var fail = false;
        var store = new InMemoryJournalStore(() => fail ? throw new JournalUnavailableException("storage-unavailable", "The store in /srv/secret cannot be written.") : Task.CompletedTask);
        var reported = new ConcurrentQueue<Exception>();
        await using var engine = await EmbeddedExperiments.OpenAsync(store, Options() with { Failed = reported.Enqueue });
        await engine.Define("price", Price);

        fail = true;
        Refusal?[] refusals =
        [
            (await engine.Assign("price", new AssignmentRequest("u1"), Token)).Refusal,
            (await engine.AssignMany("price", [new AssignmentRequest("u2")], Token)).Refusal,
            (await engine.Execute("price", new ExperimentCommand.Disable(), cancellationToken: Token)).Refusal,
        ];

        Assert.All(refusals, refusal => Assert.Equal("storage-unavailable", refusal?.Code));
        Assert.All(refusals, refusal => Assert.DoesNotContain("/srv/secret", refusal!.Detail, StringComparison.Ordinal));
        Assert.Equal(refusals.Length, reported.Count);
        Assert.All(reported, error => Assert.Contains("/srv/secret", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_put_that_its_precondition_refuses_leaves_nothing_behind()
    {
        var store = new OpenedStore();
        await using var engine = await EmbeddedExperiments.OpenAsync(store, Options());

        var refused = await engine.Put(ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes(Price)).Value, new Precondition("never"), Token);

        Assert.Equal(RefusalKind.PreconditionFailed, refused.Refusal?.Kind);
        Assert.DoesNotContain(store.Opened, actor => actor.Kind == ActorKind.Experiment);
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        await using var engine = await Open();

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Open());

        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    private const string Price = """
        {"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","shards":3,
         "metrics":[{"id":"signup","kind":"conversion"},{"id":"revenue","kind":"value"}]}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EmbeddedOptions Options(long snapshotBytes = 4 << 20) =>
        new() { Clock = clock, Tick = TimeSpan.FromDays(1000), SnapshotBytes = snapshotBytes, NewKey = () => (17, 42) };

    private ValueTask<EmbeddedExperiments> Open(long snapshotBytes = 4 << 20) => EmbeddedExperiments.OpenAsync(folder.FullName, Options(snapshotBytes));

    private static async Task<IReadOnlyList<AssignmentResult>> AssignPeople(EmbeddedExperiments engine, int count) =>
        (await engine.AssignMany("price", [.. Enumerable.Range(0, count).Select(person => new AssignmentRequest($"u{person}"))], Token)).Value;

    private static async Task<EventReceipt> Send(EmbeddedExperiments engine, string lines, long sequence) =>
        (await engine.Ingest(new EventBatch(Encoding.UTF8.GetBytes(lines), EventFormat.Lines, new ProducerSequence("web", sequence)), Token)).Value;

    private static async Task<string> Scores(EmbeddedExperiments engine)
    {
        var text = new StringBuilder();
        foreach (var metric in new[] { "signup", "revenue" })
        {
            foreach (var row in (await engine.Score("price", new ScoreQuery("fixed", metric), Token)).Value.Alternatives)
            {
                text.Append(CultureInfo.InvariantCulture, $"{metric} {row.Alternative} {row.Participants} {row.Converted} {row.Conversions:R} {row.Mean:R} {row.StdDev:R}; ");
            }
        }

        return text.ToString();
    }

    /// <summary>Breaks one byte of the newest row of a shard, as a bad disk would.</summary>
    private void Damage(string experiment)
    {
        using var file = new SqliteConnection($"Data Source={Path.Combine(folder.FullName, "bandstand.db")};Pooling=False");
        file.Open();
        using var command = file.CreateCommand();
        command.CommandText = """
            UPDATE entries SET bytes = CAST(substr(bytes, 1, 12) || x'FF' || substr(bytes, 14) AS BLOB)
            WHERE id >> 39 = (SELECT id FROM actors WHERE kind = 2 AND name = $name LIMIT 1)
            """;
        command.Parameters.AddWithValue("$name", experiment);
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private async Task<List<string>> RunBandit(int restartAfter, string name, int lookEvery = int.MaxValue)
    {
        var data = Path.Combine(folder.FullName, name);
        var engine = await EmbeddedExperiments.OpenAsync(data, Options());
        await engine.Define("bandit", """
            {"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","shards":4,"metrics":[{"id":"signup","kind":"conversion"}],
             "allocation":{"policy":"bandit","algorithm":"thompson","every":{"assignments":100},"floor":0.05,"burnIn":10}}
            """, Token);
        for (var person = 0; person < 1000; person++)
        {
            if (person == restartAfter)
            {
                await engine.DisposeAsync();
                engine = await EmbeddedExperiments.OpenAsync(data, Options());
            }

            if (person % lookEvery == lookEvery - 1)
            {
                await engine.Score("bandit", new ScoreQuery("bayes", Epochs: true), Token);
                await engine.Assign("bandit", new AssignmentRequest($"u{person + 1}", null, Record: false), Token);
            }

            var answer = await engine.Assign("bandit", $"u{person}", Token);
            if (person % 10 < answer.Alternative[0] - 'a' + 2)
            {
                await engine.Track("signup", answer.Identity, cancellationToken: Token);
            }
        }

        var epochs = (await engine.Epochs("bandit", -1, 1000, Token)).Value.Items;
        await engine.DisposeAsync();
        return [.. epochs.Skip(1).Select(epoch => $"{epoch.Number}: {string.Join(' ', epoch.Weights.Select(weight => weight.Value))} {epoch.Reason}")];
    }

    /// <summary>Remembers whose journals were opened.</summary>
    private sealed class OpenedStore : IJournalStore
    {
        private readonly InMemoryJournalStore store = new();

        public ConcurrentQueue<ActorKey> Opened { get; } = [];

        public IReadOnlyList<ActorKey> List() => store.List();

        public IJournal Open(ActorKey key)
        {
            Opened.Enqueue(key);
            return store.Open(key);
        }

        public Task Drop(IReadOnlyList<ActorKey> keys) => store.Drop(keys);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
