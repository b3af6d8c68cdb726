using Bandstand.Events;
using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Grains;

// Events.
public sealed partial class ClusterExperiments
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly System.Collections.Concurrent.ConcurrentBag<EventRouter> idle = [];

    /// <inheritdoc/>
    public ValueTask<Answer<EventReceipt>> Ingest(EventBatch batch, CancellationToken cancellationToken = default) =>
        Guard<EventReceipt>(
            async () =>
            {
                if (!idle.TryTake(out var router))
                {
                    router = new EventRouter();
                }

                // What is sent is copied, so nobody else sees the router's buffers.
                var receipt = await Ingest(router, batch);
                idle.Add(router);
                return receipt;
            },
            cancellationToken);

    private async ValueTask<Answer<EventReceipt>> Ingest(EventRouter router, EventBatch batch)
    {
        var copy = await catalogue.Fresh();
        var now = NowMs;
        var routed = router.Route(batch, copy.Routes, now);
        if (routed.IsRefused)
        {
            return routed.Refusal;
        }

        if (!options.Collect)
        {
            return router.Receipt();
        }

        if (batch.Producer is { } producer && await IsTooOld(router, copy.Routes, now))
        {
            return HostRefusals.SequenceTooOld(producer.Name, producer.Sequence);
        }

        var pending = new List<Task>();
        if (!router.Tally.IsEmpty)
        {
            pending.Add(MetricsGrain.Apply(router.Tally.ToBytes(), now).AsTask());
        }

        var legs = new List<(ShardLeg Leg, Task<ShardReply> Reply)>(router.LegCount);
        for (var number = 0; number < router.LegCount; number++)
        {
            var leg = router.Legs[number];
            legs.Add((leg, ShardOf(copy.Routes, leg).Apply(leg.Writer.Written.Bytes.ToArray(), now).AsTask()));
        }

        pending.AddRange(legs.Select(leg => leg.Reply));
        pending.AddRange(Observe(router, copy.Routes, batch.Producer));
        await Task.WhenAll(pending);
        var unsettled = new Settlements(grains);
        var guarded = new Dictionary<int, long>();
        foreach (var (leg, answered) in legs)
        {
            var reply = await answered;
            var target = copy.Routes.Targets[leg.Target];
            unsettled.Add(target.Experiment, target.Generation, leg.Shard, reply.ToSettle);
            var verdicts = Verdicts(reply, leg.Count);
            router.Answered(leg, verdicts);
            if (target.Guarded is { } metrics && leg.Writer.Written.CountedOf(verdicts, metrics) is > 0 and var counted)
            {
                guarded[leg.Target] = guarded.GetValueOrDefault(leg.Target) + counted;
            }
        }

        if (guarded.Count > 0)
        {
            await Task.WhenAll(guarded.Select(pair => Guarded(copy.Routes.Targets[pair.Key], pair.Value)));
        }

        await unsettled.Settle();
        return router.Receipt();
    }

    /// <summary>Lets guardrails act before the events are answered. They are durable: when nobody answers in time, the clock brings it.</summary>
    private async Task Guarded(RouteTarget target, long events)
    {
        try
        {
            await grains.GetGrain<IExperimentGrain>(target.Experiment).Guard(target.Generation, events).AsTask().WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or ActorFailedException)
        {
            // The experiment looks by itself within ten seconds, and with the next such event.
        }
    }

    /// <summary>What a generation that is over does not count any more concerns nobody.</summary>
    private static EventVerdict[] Verdicts(ShardReply reply, int count)
        => reply.Status == ShardStatus.Done
            ? Array.ConvertAll(reply.Bytes!, verdict => (EventVerdict)verdict)
            : [.. Enumerable.Repeat(EventVerdict.Ignored, count)];

    /// <summary>A refused batch changes nothing, so every shard is asked before any is told.</summary>
    private async Task<bool> IsTooOld(EventRouter router, EventRoutes routes, long now)
    {
        var (producer, sequence) = (router.Tally.Producer, router.Tally.Sequence);
        var checks = router.Legs.Select(leg => ShardOf(routes, leg).CheckProducer(producer, sequence, now).AsTask()).ToList();
        if (!router.Tally.IsEmpty)
        {
            checks.Add(MetricsGrain.CheckProducer(producer, sequence, now).AsTask());
        }

        return (await Task.WhenAll(checks)).Any(verdict => (ProducerVerdict)verdict == ProducerVerdict.TooOld);
    }

    private IParticipantShardGrain ShardOf(EventRoutes routes, ShardLeg leg)
    {
        var target = routes.Targets[leg.Target];
        return grains.GetGrain<IParticipantShardGrain>(GrainKeys.Of(target.Experiment, target.Generation, leg.Shard));
    }
}
