using System.Globalization;
using System.Text;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>The same events in the same order give the same weights in the cluster and in one process.</summary>
[Collection(nameof(TestClusterHost))]
public sealed class ParityTests(TestClusterHost host) : IAsyncLifetime
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        host.Begin(clock);
        return default;
    }

    public async ValueTask DisposeAsync() => await host.DeactivateAll();

    [Theory]
    [InlineData("conversion", "thompson")]
    [InlineData("conversion", "top-two")]
    [InlineData("count", "thompson")]
    [InlineData("value", "thompson")]
    public async Task A_bandit_goes_the_same_way(string kind, string algorithm)
    {
        await using var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore(), new EmbeddedOptions { Clock = clock, Tick = TimeSpan.FromDays(40), NewKey = () => TestClusterHost.Key });
        var definition = $$"""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"default":"a","metrics":[{"id":"m","kind":"{{kind}}"}],"shards":5,"allocation":{"policy":"bandit","algorithm":"{{algorithm}}","burnIn":10,"every":{"assignments":100} } }""";

        var embedded = await Lived(engine, definition);
        var cluster = await Lived(host.Front(clock), definition);

        Assert.True(embedded.Count > 3, "Too few epochs to compare.");
        Assert.Equal(embedded, cluster);
    }

    /// <summary>Assigns 800 people one by one, a third of whom do something, and tells the epochs that came of it.</summary>
    private static async Task<List<string>> Lived(IExperiments experiments, string definition)
    {
        await experiments.Define("race", definition, Token);
        for (var person = 0; person < 800; person++)
        {
            var assigned = await experiments.Assign("race", $"u{person}", Token);
            if (person % (assigned.Alternative == "c" ? 2 : 4) == 0)
            {
                var line = string.Create(CultureInfo.InvariantCulture, $$"""{"metric":"m","identity":"u{{person}}","value":{{1 + (person % 7)}}}""");
                await experiments.Ingest(new EventBatch(Encoding.UTF8.GetBytes(line), EventFormat.Lines), Token);
            }
        }

        var epochs = (await experiments.Epochs("race", -1, 1000, Token)).Value.Items;
        return [.. epochs.Select(epoch => $"{epoch.Number} {string.Join(' ', epoch.Weights)} {epoch.Reason}")];
    }
}
