using System.Globalization;
using System.Text;
using Bandstand.Assignment;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Grains;
using Bandstand.Grains.Wire;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>
/// The same calls in the same order give the same answers, epochs, weights, decisions and figures in the cluster and in one
/// process, bit for bit.
/// </summary>
[Collection(nameof(TestClusterHost))]
public sealed class ParityTests(TestClusterHost host) : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync() => await host.DeactivateAll();

    [Theory]
    [InlineData("conversion", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"every":{"assignments":100}}""")]
    [InlineData("conversion", """{"policy":"bandit","algorithm":"top-two","burnIn":10,"every":{"assignments":130}}""")]
    [InlineData("count", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"floor":0.05,"every":{"assignments":100}}""")]
    [InlineData("value", """{"policy":"bandit","algorithm":"top-two","burnIn":20,"every":{"assignments":120}}""")]
    [InlineData("conversion", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"every":{"period":"PT10M"}}""")]
    [InlineData("value", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"every":{"assignments":100,"period":"PT15M"}}""")]
    [InlineData("conversion", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"discount":0.8,"every":{"assignments":100}}""")]
    [InlineData("value", """{"policy":"bandit","algorithm":"top-two","burnIn":10,"discount":0.9,"every":{"assignments":100}}""")]
    [InlineData("conversion", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"discount":0.7,"every":{"period":"PT10M"}}""")]
    [InlineData("conversion", """{"policy":"timestep","period":"PT15M","decide":"adaptive"}""")]
    public async Task The_same_life_is_lived(string kind, string allocation)
    {
        var definition = $$"""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"m","kind":"{{kind}}"}],"shards":5,"allocation":{{allocation}} }""";

        var (embedded, cluster) = await Both((experiments, pass) => Life(experiments, pass, definition));

        Assert.True(embedded.Count(line => line.StartsWith("epoch", StringComparison.Ordinal)) > 3, "Too few epochs to compare.");
        Assert.Equal(embedded, cluster);
    }

    [Theory]
    [InlineData("conversion", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"discount":0.8,"every":{"assignments":100}}""")]
    [InlineData("value", """{"policy":"bandit","algorithm":"thompson","burnIn":10,"every":{"assignments":100,"period":"PT15M"}}""")]
    public async Task The_same_life_is_lived_when_every_grain_began_again_in_between(string kind, string allocation)
    {
        var definition = $$"""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"m","kind":"{{kind}}"}],"shards":5,"allocation":{{allocation}} }""";

        var (embedded, cluster) = await Both((experiments, pass) => Life(experiments, pass, definition), endEvery: 13);

        Assert.True(embedded.Count(line => line.StartsWith("epoch", StringComparison.Ordinal)) > 3, "Too few epochs to compare.");
        Assert.Equal(embedded, cluster);
    }

    [Theory]
    [InlineData("""{"participants":333}""")]
    [InlineData("""{"participants":200,"probability":0.8}""")]
    [InlineData("""{"perAlternative":90,"probability":0.6}""")]
    public async Task The_same_end_is_met(string completeWhen)
    {
        var definition = $$"""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"m","kind":"conversion"}],"shards":5,"scoring":{"method":"bayes"},"completeWhen":{{completeWhen}} }""";

        var (embedded, cluster) = await Both((experiments, pass) => Life(experiments, pass, definition));

        Assert.Contains(embedded, line => line.Contains("\"completed\"", StringComparison.Ordinal));
        Assert.Equal(embedded, cluster);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("disable")]
    [InlineData("default")]
    public async Task The_same_harm_is_stopped_at_the_same_event(string action)
    {
        var definition = $$"""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"buy"},{"id":"m","kind":"conversion","goal":"decrease","guardrail":{"margin":0,"alpha":0.05,"action":"{{action}}"} }],"shards":5}""";

        var (embedded, cluster) = await Both((experiments, pass) => Life(experiments, pass, definition, most: "c"));

        Assert.Contains(embedded, line => line.Contains("\"kind\":\"guardrail\"", StringComparison.Ordinal));
        Assert.Equal(embedded, cluster);
    }

    [Theory]
    [InlineData("""{"policy":"timestep","winnerShare":0.8,"decide":"classic","countMultiplier":5}""")]
    [InlineData("""{"policy":"timestep","decide":"adaptive"}""")]
    public async Task The_same_banners_win(string allocation)
    {
        var definition = $$"""{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","metrics":[{"id":"click","kind":"conversion"}],"allocation":{{allocation}} }""";

        var (embedded, cluster) = await Both((experiments, _) => Timesteps(experiments, definition));

        Assert.Contains(embedded, line => line.Contains("\"changed\":true", StringComparison.Ordinal));
        Assert.Equal(embedded, cluster);
    }

    private async Task<(List<string> Embedded, List<string> Cluster)> Both(Func<IExperiments, Func<TimeSpan, Task>, Task<List<string>>> life, int endEvery = int.MaxValue)
    {
        var clock = new FakeClock(Start);
        await using var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore(), new EmbeddedOptions { Clock = clock, Tick = TimeSpan.FromDays(40), NewKey = () => TestClusterHost.Key });
        var embedded = await life(engine, time =>
        {
            clock.Advance(time);
            return engine.RunDueAsync();
        });

        var clusterClock = new FakeClock(Start);
        host.Begin(clusterClock);
        var passes = 0;
        var cluster = await life(host.Front(clusterClock), async time =>
        {
            if (++passes % endEvery == 0)
            {
                await host.DeactivateAll();
            }

            clusterClock.Advance(time);
            await host.Grains.GetGrain<IExperimentGrain>("race").Wake();
        });
        return (embedded, cluster);
    }

    /// <summary>
    /// Newcomers one by one, in lists and by exposures; what they do, in bodies large and small; some who are forgotten; and time
    /// that passes. Which alternative is best changes, so that weights do, unless it is always the same with the most.
    /// </summary>
    private static async Task<List<string>> Life(IExperiments experiments, Func<TimeSpan, Task> pass, string definition, string? most = null)
    {
        var told = new List<string>();
        await experiments.Define("race", definition, Token);
        var alternatives = new Dictionary<int, string>();
        for (var (round, person) = (0, 0); round < 60; round++)
        {
            var newcomers = Enumerable.Range(person, 3 + (round * 7 % 31)).ToList();
            person += newcomers.Count;
            switch (round % 4)
            {
                case 0:
                    foreach (var newcomer in newcomers)
                    {
                        Note([newcomer], [(await experiments.Assign("race", new AssignmentRequest($"u{newcomer}"), Token)).Value]);
                    }

                    break;
                case 3:
                    var exposures = newcomers.Select(newcomer => (newcomer, Line: $$"""{"type":"exposure","experiment":"race","identity":"u{{newcomer}}","alternative":"{{"abc"[newcomer % 3]}}","epoch":0}"""));
                    told.Add(await Send(experiments, exposures.Select(exposure => exposure.Line)));
                    newcomers.ForEach(newcomer => alternatives[newcomer] = "abc"[newcomer % 3].ToString());
                    break;
                default:
                    Note(newcomers, (await experiments.AssignMany("race", [.. newcomers.Select(newcomer => new AssignmentRequest($"u{newcomer}"))], Token)).Value);
                    break;
            }

            var best = most ?? "abc"[round / 15 % 3].ToString();
            var doing = newcomers.Where(newcomer => newcomer * 7919 % 100 < (alternatives.GetValueOrDefault(newcomer) == best ? 60 : 20));
            told.Add(await Send(experiments, doing.Select(newcomer => string.Create(CultureInfo.InvariantCulture, $$"""{"metric":"m","identity":"u{{newcomer}}","value":{{1 + (newcomer % 7)}}}"""))));
            if (round % 9 == 5)
            {
                await experiments.Erase($"u{person - 2}", Token);
            }

            await pass(TimeSpan.FromMinutes(2));
        }

        told.AddRange(await Everything(experiments));
        return told;

        void Note(IReadOnlyList<int> who, IReadOnlyList<AssignmentResult> answers)
        {
            for (var i = 0; i < who.Count; i++)
            {
                alternatives[who[i]] = answers[i].Alternative;
            }

            told.AddRange(answers.Select(answer => $"{answer.Identity} {answer.Alternative} {answer.Reason} {answer.Epoch} {answer.Probability:R}"));
        }
    }

    private static async Task<List<string>> Timesteps(IExperiments experiments, string definition)
    {
        var told = new List<string>();
        await experiments.Define("race", definition, Token);
        for (var timestep = 0; timestep < 12; timestep++)
        {
            var step = timestep;
            var rows = Enumerable.Range(0, 300).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row % 2},{((row * 7919) + (step * 104729)) % 100 < (row % 2 == step / 4 % 2 ? 12 : 30)}"));
            var body = "banner,target\n" + string.Join('\n', rows).Replace("True", "1", StringComparison.Ordinal).Replace("False", "0", StringComparison.Ordinal);
            if (timestep != 5)
            {
                told.Add(Json((await experiments.Observe("race", timestep, new ObservationBatch(Encoding.UTF8.GetBytes(body), ObservationFormat.Csv, new ProducerSequence("etl", timestep)), Token)).Value));
            }

            told.Add(Json((await experiments.Close("race", timestep, Token)).Value));
        }

        told.AddRange(await Everything(experiments));
        return told;
    }

    private static async Task<string> Send(IExperiments experiments, IEnumerable<string> lines)
        => Json((await experiments.Ingest(new EventBatch(Encoding.UTF8.GetBytes(string.Join('\n', lines)), EventFormat.Lines), Token)).Value);

    private static async Task<IEnumerable<string>> Everything(IExperiments experiments) =>
    [
        .. (await experiments.Epochs("race", -1, 1000, Token)).Value.Items.Select(epoch => $"epoch {Json(epoch)}"),
        .. (await experiments.Decisions("race", 0, 1000, Token)).Value.Items.Select(Json),
        .. (await experiments.Timesteps("race", -1, 1000, Token)).Value.Items.Select(Json),
        Json((await experiments.Score("race", cancellationToken: Token)).Value),
        Json((await experiments.History("race", Participants.HistoryUnit.Hour, Token)).Value),
        Json((await experiments.Get("race", Token)).Value),
    ];

    private static string Json<T>(T value) => Encoding.UTF8.GetString(WireJson.Write(value));
}
