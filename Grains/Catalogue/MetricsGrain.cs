using Bandstand.Catalogue;
using Bandstand.Events;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Ports;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Bandstand.Grains.Catalogue;

/// <summary>The home of the metrics' daily totals. Reentrant for the same reason as shards: it decides without awaiting.</summary>
[Reentrant]
[GrainType("bandstand-metrics")]
internal sealed class MetricsGrain : ActorGrain, IMetricsGrain
{
    private static readonly ActorKey Actor = new(ActorKind.Metrics, string.Empty, 0, 0);
    private readonly MetricTotals totals = new();
    private readonly JournaledState journaled;

    public MetricsGrain([FromKeyedServices(StorageNames.Bandstand)] IGrainStorage storage, GrainOptions options)
        : base(options)
        => journaled = new JournaledState(new GrainStorageJournal(storage, this.GetGrainId(), Actor, options.Journal), totals, totals.Snapshot);

    public ValueTask<byte> CheckProducer(ulong producer, long sequence, long nowMs)
        => Turn(() => ((byte)totals.CheckProducer(producer, sequence, nowMs), Task.CompletedTask));

    public async ValueTask Apply(byte[] tally, long nowMs)
    {
        var read = MetricTally.Read(tally);
        await Turn(() =>
        {
            var entry = totals.Apply(read, nowMs);
            return (0, entry.IsEmpty ? journaled.Durable : journaled.Append(entry.Span));
        });
    }

    public ValueTask<byte[]> Known() => Turn(() => (WireJson.Write(totals.Known()), journaled.Durable));

    public ValueTask<byte[]?> Values(string metric, DateOnly from, DateOnly to, bool evenIfUnknown)
        => Turn(() => (evenIfUnknown || totals.Knows(metric) ? WireJson.Write(totals.Values(metric, from, to)) : null, journaled.Durable));

    private ValueTask<T> Turn<T>(Func<(T Answer, Task Durable)> decide) => Guard<T>(async () =>
    {
        while (!journaled.IsReady)
        {
            await journaled.Load();
        }

        var (answer, durable) = decide();
        await durable;
        return answer;
    });
}
