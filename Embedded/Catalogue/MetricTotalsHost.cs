using Bandstand.Catalogue;
using Bandstand.Events;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Embedded.Catalogue;

/// <summary>The home of the metrics' daily totals: one lock, one journal.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MetricTotalsHost
{
    private readonly Lock turn = new();
    private readonly MetricTotals totals = new();
    private readonly Journaled journaled;

    public MetricTotalsHost(IJournalStore store, long snapshotBytes) =>
        journaled = new Journaled(store.Open(new ActorKey(ActorKind.Metrics, string.Empty, 0, 0)), totals, totals.Snapshot, snapshotBytes);

    /// <summary>Reads what is stored.</summary>
    public void Load()
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
        }
    }

    public ProducerVerdict CheckProducer(ulong producer, long sequence, long nowMs)
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
            return totals.CheckProducer(producer, sequence, nowMs);
        }
    }

    public Task Apply(MetricTally tally, long nowMs)
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
            var entry = totals.Apply(tally, nowMs);
            return entry.IsEmpty ? journaled.Durable : journaled.Append(entry.Span);
        }
    }

    public T Read<T>(Func<MetricTotals, T> read, out Task durable)
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
            durable = journaled.Durable;
            return read(totals);
        }
    }
}
