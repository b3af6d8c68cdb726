using System.Runtime.CompilerServices;
using Bandstand.Statistics;

namespace Bandstand.Participants;

// Events: what counts, what is held, and what is known already.
public sealed partial class ParticipantShard
{
    // Events ahead of the present one whose rows are being loaded: enough to hide a miss, too few to evict each other.
    private const int Ahead = 12;

    /// <summary>What is known of a producer's batch.</summary>
    /// <param name="producer">The hash of the producer's name.</param>
    /// <param name="sequence">The batch's number, 0 or more.</param>
    /// <param name="nowMs">Now, in milliseconds since 1970: a producer idle for 7 days is forgotten.</param>
    public ProducerVerdict CheckProducer(ulong producer, long sequence, long nowMs) => producers.Check(producer, sequence, nowMs);

    /// <summary>Takes a batch of events, as a whole and once.</summary>
    /// <param name="batch">The events, in order.</param>
    /// <param name="nowMs">Now, in milliseconds since 1970.</param>
    /// <param name="verdicts">Receives what became of each event; at least as long as the batch.</param>
    /// <param name="log">Receives the facts.</param>
    /// <returns>What was known of the batch: unless it is new, nothing changed.</returns>
    public ProducerVerdict Apply(ShardBatch batch, long nowMs, Span<EventVerdict> verdicts, ShardLog log)
    {
        var events = batch.Events;
        if (verdicts.Length < events.Length)
        {
            throw new ArgumentException($"There is room for {verdicts.Length} verdicts on {events.Length} events.", nameof(verdicts));
        }

        nowMs = ShardTime.Clamp(nowMs);
        var producer = batch.Producer;
        if (producer != 0)
        {
            var known = producers.Check(producer, batch.Sequence, nowMs);
            if (known != ProducerVerdict.New)
            {
                verdicts[..events.Length].Fill(known == ProducerVerdict.Seen ? EventVerdict.Duplicate : EventVerdict.TooOld);
                return known;
            }

            BeginFacts(log);
            log.Producer(producer, batch.Sequence, nowMs);
            FoldProducer(producer, batch.Sequence, nowMs);
        }

        Expire(nowMs, log);
        for (var i = 0; i < events.Length; i++)
        {
            if (i + Ahead < events.Length)
            {
                ref readonly var coming = ref events[i + Ahead];
                table.Prefetch(coming.Key);
                if (coming.Id != 0)
                {
                    ids.Prefetch(coming.Id, Ahead);
                }
            }

            verdicts[i] = One(events[i], nowMs, log);
        }

        return ProducerVerdict.New;
    }

    private EventVerdict One(in BatchEvent e, long nowMs, ShardLog log)
    {
        if (e.Id != 0 && ids.Contains(e.Id))
        {
            return EventVerdict.Duplicate;
        }

        var key = e.Key;
        if (!running || key == 0 || (forced.Count != 0 && forced.ContainsKey(key)))
        {
            return EventVerdict.Ignored;
        }

        return e.Kind switch
        {
            BatchEvent.TrackKind => Track(e, nowMs, log),
            BatchEvent.ExposureKind => Exposure(e, log),
            _ => EventVerdict.Ignored,
        };
    }

    private EventVerdict Track(in BatchEvent e, long nowMs, ShardLog log)
    {
        var metric = e.Metric;
        if ((uint)metric >= (uint)active.Length || !active[metric])
        {
            return EventVerdict.Ignored;
        }

        var (key, value, atMs, id) = (e.Key, e.Value, e.AtMs, e.Id);
        ref var row = ref table.Find(key);
        if (!Unsafe.IsNullRef(ref row))
        {
            if (atMs < AtMs(RowFields.Assignment(ref row)))
            {
                return EventVerdict.Ignored;
            }

            var verdict = fed[metric] is { } feed ? Verdict(ref row, feed, value, atMs) : IsInRange(ref row, metric, value) ? EventVerdict.Counted : EventVerdict.OutOfRange;
            if (verdict != EventVerdict.Counted)
            {
                return verdict;
            }

            BeginFacts(log);
            log.Track(FactKind.Counted, key, metric, value, atMs, id);
            FoldCounted(ref row, metric, value, atMs, id);
            return EventVerdict.Counted;
        }

        if (!(Math.Abs(value) <= Moments.MaxMagnitude))
        {
            return EventVerdict.OutOfRange;
        }

        BeginFacts(log);
        log.Held(key, metric, value, atMs, id, nowMs);
        FoldHeld(new HeldTrack(key, metric, value, atMs, nowMs), id);
        return EventVerdict.Held;
    }

    private EventVerdict Exposure(in BatchEvent e, ShardLog log)
    {
        if (e.Alternative >= (uint)Plan.Alternatives)
        {
            return EventVerdict.UnknownAlternative;
        }

        var epoch = e.Epoch;
        if (epoch < -1 || epoch > Plan.Epoch)
        {
            return EventVerdict.UnknownEpoch;
        }

        var (key, id, alternative) = (e.Key, e.Id, (byte)e.Alternative);
        ref var row = ref table.Find(key, out var place);
        if (Unsafe.IsNullRef(ref row))
        {
            BeginFacts(log);
            var drawnIn = epoch < 0 ? Plan.Epoch : epoch;
            log.Assigned(key, alternative, drawnIn, e.AtMs, id);
            FoldAssigned(key, alternative, drawnIn, e.AtMs, id, place);
            return EventVerdict.Counted;
        }

        if (RowFields.Assignment(ref row).Alternative != alternative)
        {
            BeginFacts(log);
            log.Id(FactKind.Conflict, id);
            FoldConflict(id);
            return EventVerdict.Conflict;
        }

        if (id != 0)
        {
            BeginFacts(log);
            log.Id(FactKind.Repeated, id);
            FoldId(id);
        }

        return EventVerdict.Counted;
    }

    private void Expire(long nowMs, ShardLog log)
    {
        if (held.HasExpired(nowMs))
        {
            BeginFacts(log);
            log.Expired(nowMs);
            FoldExpired(nowMs);
        }
    }
}
