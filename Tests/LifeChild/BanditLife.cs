using System.Globalization;
using System.Text;
using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.LifeChild;

/// <summary>
/// The life of a bandit: always the same calls in the same order, one after another. How it is hosted, who looks on meanwhile and where it begins again may
/// differ, and must not show.
/// </summary>
/// <param name="kind">One of <see cref="Kinds"/>.</param>
public sealed class BanditLife(string kind)
{
    private const int Lists = 45;

    private static readonly DateTimeOffset Start = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    // Letters whose case depends on the culture, and numbers with a fraction.
    private static readonly string[] Countries = ["\"İzmir\"", "\"izmir\"", "\"IZMIR\"", "1.5"];

    private static readonly Dictionary<string, (string Metric, string Allocation)> Settings = new(StringComparer.Ordinal)
    {
        ["forgets"] = ("conversion", """{"policy":"bandit","burnIn":10,"floor":0.015,"discount":0.85,"every":{"assignments":100}}"""),
        ["by-segment"] = ("conversion", """{"policy":"bandit","algorithm":"top-two","by":"country","burnIn":10,"floor":0.02,"every":{"assignments":150}}"""),
        ["by-the-clock"] = ("count", """{"policy":"bandit","burnIn":25,"every":{"period":"PT9M"}}"""),
        ["values"] = ("value", """{"policy":"bandit","burnIn":10,"floor":0.05,"discount":0.9,"every":{"assignments":100}}"""),
        ["timesteps"] = ("conversion", """{"policy":"timestep","period":"PT13M","decide":"adaptive"}"""),
    };

    /// <summary>What kinds of life there are.</summary>
    public static IReadOnlyCollection<string> Kinds => Settings.Keys;

    /// <summary>How many shards the experiment has.</summary>
    public int Shards { get; init; } = 8;

    /// <summary>Whether others ask for everything there is to see, all the time.</summary>
    public bool Looks { get; init; }

    /// <summary>After every so many lists of people the host ends and another begins on what it stored.</summary>
    public int RestartEvery { get; init; } = int.MaxValue;

    /// <summary>Under which bits identities are hashed, which decides on their shards.</summary>
    public (ulong, ulong) Key { get; init; } = (3, 4);

    /// <summary>Lives it.</summary>
    /// <returns>Every epoch and every decision, one a line.</returns>
    public async Task<IReadOnlyList<string>> Live()
    {
        var (metric, allocation) = Settings[kind];
        var clock = new Clock();
        var store = new InMemoryJournalStore();
        var experiments = await Open(store, clock);
        await experiments.Define("life", $$"""
            {"alternatives":[{"key":"I"},{"key":"i"},{"key":"ı","weight":1.5}],"default":"I","segments":["country"],"shards":{{Shards.ToString(CultureInfo.InvariantCulture)}},
             "metrics":[{"id":"kayıt","kind":"{{metric}}"}],"allocation":{{allocation}} }
            """);
        var watching = Watch(experiments);
        for (var list = 0; list < Lists; list++)
        {
            if (list % RestartEvery == RestartEvery - 1)
            {
                await watching.DisposeAsync();
                await experiments.DisposeAsync();
                store = store.Restart();
                experiments = await Open(store, clock);
                watching = Watch(experiments);
            }

            var attributes = JsonElement.Parse($$"""{"country":{{Countries[list % Countries.Length]}}}""");
            var answers = (await experiments.AssignMany("life", [.. Enumerable.Range(0, 20).Select(i => new AssignmentRequest(Name((list * 20) + i), attributes))])).Value;
            var best = "Iiı"[list / 15].ToString();
            var events = answers.Select((answer, i) => (answer, Number: (list * 20) + i))
                .Where(one => one.Number * 7919 % 100 < (one.answer.Alternative == best ? 55 : 20))
                .Select(one => string.Create(CultureInfo.InvariantCulture, $$"""{"metric":"kayıt","identity":"{{one.answer.Identity}}","value":{{(metric == "value" ? 1.25 * (1 + (one.Number % 6)) : 1)}}}"""));
            await experiments.Ingest(new EventBatch(Encoding.UTF8.GetBytes(string.Join('\n', events)), EventFormat.Lines));
            clock.Now += TimeSpan.FromMinutes(1);
            await experiments.RunDueAsync();
        }

        await watching.DisposeAsync();
        IReadOnlyList<string> told =
        [
            .. (await experiments.Epochs("life", -1, 1_000)).Value.Items.Select(epoch => $"{kind}: {JsonSerializer.Serialize(epoch)}"),
            .. (await experiments.Decisions("life", 0, 1_000)).Value.Items.Select(decision => $"{kind}: {JsonSerializer.Serialize(decision)}"),
        ];
        await experiments.DisposeAsync();
        return told;
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"Kişi İI{number}");

    private ValueTask<EmbeddedExperiments> Open(InMemoryJournalStore store, Clock clock)
        => EmbeddedExperiments.OpenAsync(store, new EmbeddedOptions { Clock = clock, Tick = TimeSpan.FromDays(40), NewKey = () => Key });

    private Watching Watch(EmbeddedExperiments experiments) => new Watching(experiments).Begin(Looks ? 2 : 0);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Some who ask for everything, over and over, until it is enough.</summary>
    private sealed class Watching(EmbeddedExperiments experiments) : IAsyncDisposable
    {
        private readonly CancellationTokenSource enough = new();
        private readonly List<Task> asking = [];

        public Watching Begin(int watchers)
        {
            asking.AddRange(Enumerable.Range(0, watchers).Select(_ => Task.Run(Ask)));
            return this;
        }

        public async ValueTask DisposeAsync()
        {
            await enough.CancelAsync();
            await Task.WhenAll(asking);
            enough.Dispose();
        }

        private async Task Ask()
        {
            for (var number = 0; !enough.IsCancellationRequested; number++)
            {
                foreach (var method in new[] { "bayes", "sequential", "fixed" })
                {
                    await experiments.Score("life", new ScoreQuery(method, Epochs: true));
                }

                await experiments.Epochs("life", -1, 1_000);
                await experiments.Decisions("life", 0, 1_000);
                await experiments.Segments("life");
                await experiments.Get("life");
                await experiments.Assign("life", new AssignmentRequest(Name(number), null, Record: false));
            }
        }
    }
}
