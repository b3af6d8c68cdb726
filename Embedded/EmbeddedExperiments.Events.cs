using System.Collections.Concurrent;
using Bandstand.Embedded.Events;
using Bandstand.Embedded.Experiments;
using Bandstand.Events;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Embedded;

// Events, and the daily totals of metrics.
public sealed partial class EmbeddedExperiments
{
    private readonly ConcurrentBag<IngestWork> idle = [];

    /// <inheritdoc/>
    public ValueTask<Answer<EventReceipt>> Ingest(EventBatch batch, CancellationToken cancellationToken = default) =>
        Guard<EventReceipt>(string.Empty, async () =>
        {
            if (!idle.TryTake(out var work))
            {
                work = new IngestWork();
            }

            try
            {
                return await IngestAsync(work, batch);
            }
            finally
            {
                idle.Add(work);
            }
        });

    /// <inheritdoc/>
    public ValueTask<Answer<Page<MetricView>>> Metrics(string? after, int limit, CancellationToken cancellationToken = default) =>
        Guard<Page<MetricView>>(string.Empty, async () =>
        {
            var known = totals.Read(state => state.Known(), out var durable);
            await durable;
            var views = new SortedDictionary<string, MetricView>(StringComparer.Ordinal);
            foreach (var (id, lastAt) in known)
            {
                views[id] = new MetricView(id, [], lastAt);
            }

            foreach (var (_, live) in Volatile.Read(ref ingest).Experiments)
            {
                foreach (var metric in live.State.Definition.Metrics)
                {
                    var view = views.GetValueOrDefault(metric.Id) ?? new MetricView(metric.Id, [], null);
                    views[metric.Id] = view with { Experiments = [.. view.Experiments, live.Plan.Experiment] };
                }
            }

            return Pages.Of(views.Values.Where(view => string.CompareOrdinal(view.Id, after) > 0), limit, view => view.Id);
        });

    /// <inheritdoc/>
    public ValueTask<Answer<IReadOnlyList<MetricDay>>> MetricValues(string metric, DateOnly from, DateOnly to, CancellationToken cancellationToken = default) =>
        Guard<IReadOnlyList<MetricDay>>(string.Empty, async () =>
        {
            if (HostRefusals.Days(from, to) is { } wrong)
            {
                return wrong;
            }

            var known = totals.Read(state => state.Knows(metric) ? state.Values(metric, from, to) : null, out var durable);
            await durable;
            if (known is not null)
            {
                return Answer.Of(known);
            }

            return Volatile.Read(ref ingest).Experiments.Any(pair => pair.Live.State.Definition.Metrics.Any(m => m.Id == metric))
                ? Answer.Of(totals.Read(state => state.Values(metric, from, to), out _))
                : HostRefusals.MetricNotFound(metric);
        });

    private async ValueTask<Answer<EventReceipt>> IngestAsync(IngestWork work, EventBatch batch)
    {
        var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var map = Volatile.Read(ref ingest);
        var router = work.Router;
        var routed = router.Route(batch, map.Routes, now);
        if (routed.IsRefused)
        {
            return routed.Refusal;
        }

        if (!options.Collect)
        {
            return router.Receipt();
        }

        if (batch.Producer is { } producer && IsTooOld(router, map, now))
        {
            return HostRefusals.SequenceTooOld(producer.Name, producer.Sequence);
        }

        var pending = new PendingWrites();
        if (!router.Tally.IsEmpty)
        {
            pending.Add(totals.Apply(router.Tally, now));
        }

        List<ExperimentHost> guarded = [];
        var due = ApplyLegs(work, map, now, ref pending, guarded);
        Observe(router, map, batch.Producer, ref pending);
        await pending.WhenAll();
        foreach (var host in guarded)
        {
            await host.Guard();
        }

        foreach (var host in due)
        {
            await host.Review();
        }

        return router.Receipt();
    }

    private static List<ExperimentHost> ApplyLegs(IngestWork work, IngestMap map, long now, ref PendingWrites pending, List<ExperimentHost> guarded)
    {
        List<ExperimentHost> due = [];
        for (var number = 0; number < work.Router.LegCount; number++)
        {
            var leg = work.Router.Legs[number];
            var (host, live) = map.Experiments[leg.Target];
            var verdicts = work.Verdicts(leg.Count);
            pending.Add(live.Shards[leg.Shard].Apply(leg, now, verdicts, out var newcomers));
            work.Router.Answered(leg, verdicts);
            if (map.Routes.Targets[leg.Target].Guarded is { } metrics && host.Guarded(leg.Writer.Written.CountedOf(verdicts, metrics)) && !guarded.Contains(host))
            {
                guarded.Add(host);
            }

            if (newcomers > 0 && host.Joined(newcomers) && !due.Contains(host))
            {
                due.Add(host);
            }
        }

        return due;
    }

    /// <summary>A refused batch changes nothing, so every shard is asked before any is told.</summary>
    private bool IsTooOld(EventRouter router, IngestMap map, long now)
    {
        var (producer, sequence) = (router.Tally.Producer, router.Tally.Sequence);
        return (!router.Tally.IsEmpty && totals.CheckProducer(producer, sequence, now) == ProducerVerdict.TooOld)
            || router.Legs.Any(leg => map.Experiments[leg.Target].Live.Shards[leg.Shard].CheckProducer(producer, sequence, now) == ProducerVerdict.TooOld);
    }
}
