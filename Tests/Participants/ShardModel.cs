using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;

namespace Bandstand.Tests.Participants;

/// <summary>What a shard should do, as plainly as it can be said: dictionaries, lists, and statistics computed anew from people's totals.</summary>
internal sealed class ShardModel(ShardPlan plan)
{
    private readonly Dictionary<ulong, Person> people = [];
    private readonly Dictionary<ulong, int> forced = [];
    private readonly HashSet<ulong> ids = [];
    private readonly Dictionary<ulong, (HashSet<long> Seen, long Last)> producers = [];
    private readonly List<HeldTrack> held = [];
    private long conflicts;
    private long heldEver;
    private long heldDropped;

    public ShardPlan Plan { get; set; } = plan;

    public long Participants => people.Count;

    public ShardHealth Health => new(conflicts, held.Count, heldEver, heldDropped, forced.Count, producers.Count, 0, ids.Count);

    public ShardAnswer Assign(ShardQuestion q)
    {
        var fallback = (byte)Plan.Default;
        ShardAnswer Show(AssignmentReason reason, int alternative) => new(reason, (byte)alternative, -1, (byte)alternative, false);
        if (Plan.Status == ExperimentStatus.Completed)
        {
            return Show(AssignmentReason.Completed, Plan.Outcome);
        }

        if (Plan.Status != ExperimentStatus.Running)
        {
            return Show(AssignmentReason.Disabled, fallback);
        }

        if (forced.TryGetValue(q.Key, out var shown))
        {
            return Show(AssignmentReason.Forced, shown);
        }

        if (q.Flags.HasFlag(ShardQuestionFlags.Filtered))
        {
            return Show(AssignmentReason.Filtered, fallback);
        }

        if (people.TryGetValue(q.Key, out var person))
        {
            var removed = Plan.Removed.Count > 0 && Plan.Removed[person.Alternative];
            return new(AssignmentReason.Sticky, removed ? fallback : (byte)person.Alternative, person.Epoch, (byte)person.Alternative, false);
        }

        if (q.Flags.HasFlag(ShardQuestionFlags.NotTargeted))
        {
            return Show(AssignmentReason.NotTargeted, fallback);
        }

        if (q.Flags.HasFlag(ShardQuestionFlags.Excluded))
        {
            return Show(AssignmentReason.Excluded, fallback);
        }

        var drawn = Plan.Buckets.Span[q.Bucket];
        if (drawn < 0)
        {
            return Show(AssignmentReason.NotInTraffic, fallback);
        }

        var look = q.Flags.HasFlag(ShardQuestionFlags.LookOnly);
        if (!look)
        {
            Expire(q.AtMs);
            Join(q.Key, drawn, Plan.Epoch, q.AtMs);
        }

        return new(AssignmentReason.Assigned, (byte)drawn, Plan.Epoch, (byte)drawn, !look);
    }

    public EventVerdict[] Apply(IReadOnlyList<ModelEvent> events, ulong producer, long sequence, long now)
    {
        if (producer != 0)
        {
            var (seen, last) = producers.TryGetValue(producer, out var known) ? known : ([], now);
            if (last < now - ProducerWindows.KeptMs)
            {
                seen = [];
            }

            if (seen.Count > 0 && seen.Max() - sequence >= 1_024)
            {
                return [.. events.Select(_ => EventVerdict.TooOld)];
            }

            if (!seen.Add(sequence))
            {
                return [.. events.Select(_ => EventVerdict.Duplicate)];
            }

            producers[producer] = (seen, now);
        }

        Expire(now);
        return [.. events.Select(e =>
        {
            var verdict = e.Id != 0 && ids.Contains(e.Id) ? EventVerdict.Duplicate : One(e, now);
            if (e.Id != 0 && verdict is EventVerdict.Counted or EventVerdict.Held or EventVerdict.Conflict)
            {
                ids.Add(e.Id);
            }

            return verdict;
        })];
    }

    public void Force(ulong key, int alternative)
    {
        if (alternative < 0)
        {
            forced.Remove(key);
        }
        else
        {
            forced[key] = alternative;
        }
    }

    public bool Erase(ulong key)
    {
        var waiting = held.RemoveAll(t => t.Key == key);
        heldDropped += waiting;
        return people.Remove(key) | forced.Remove(key) | (waiting > 0);
    }

    public ShardParticipant? Describe(ulong key)
    {
        var shown = forced.TryGetValue(key, out var alternative) ? alternative : -1;
        var waiting = held.Count(t => t.Key == key);
        if (!people.TryGetValue(key, out var person))
        {
            return shown >= 0 || waiting > 0 ? new(-1, -1, 0, shown, waiting, []) : null;
        }

        return new(person.Alternative, person.Epoch, person.AtMs, shown, waiting, [.. Plan.Metrics.Select((m, i) => Total(person, i))]);
    }

    /// <summary>By epoch, alternative and metric, from scratch.</summary>
    public IEnumerable<(int Epoch, int Alternative, long Participants, MetricStatistics[] Metrics)> Statistics() => people.Values
        .GroupBy(p => (p.Epoch, p.Alternative))
        .OrderBy(g => g.Key)
        .Select(g => (g.Key.Epoch, g.Key.Alternative, g.LongCount(), Plan.Metrics.Select((m, i) =>
        {
            var totals = g.Select(p => Total(p, i)).ToArray();
            var moments = totals.Aggregate(default(Moments), (sum, t) => sum.Add(m.Kind != MetricKind.Conversion ? t.Total : t.Converted ? 1 : 0));
            return new MetricStatistics(totals.Count(t => t.Converted), totals.Sum(t => t.Conversions), moments);
        }).ToArray()));

    private EventVerdict One(ModelEvent e, long now)
    {
        if (Plan.Status != ExperimentStatus.Running || forced.ContainsKey(e.Key))
        {
            return EventVerdict.Ignored;
        }

        var known = people.TryGetValue(e.Key, out var person);
        if (e.Exposure)
        {
            if (e.Alternative >= Plan.Alternatives)
            {
                return EventVerdict.UnknownAlternative;
            }

            if (e.Epoch > Plan.Epoch)
            {
                return EventVerdict.UnknownEpoch;
            }

            if (known && person!.Alternative != e.Alternative)
            {
                conflicts++;
                return EventVerdict.Conflict;
            }

            if (!known)
            {
                Join(e.Key, e.Alternative, e.Epoch < 0 ? Plan.Epoch : e.Epoch, e.AtMs);
            }

            return EventVerdict.Counted;
        }

        if (e.Metric >= Plan.Metrics.Count || !Plan.Metrics[e.Metric].Active)
        {
            return EventVerdict.Ignored;
        }

        if (!known)
        {
            heldEver++;
            held.Add(new HeldTrack(e.Key, e.Metric, e.Value, e.AtMs, now));
            if (held.Count > HeldTracks.Capacity)
            {
                held.RemoveAt(0);
                heldDropped++;
            }

            return EventVerdict.Held;
        }

        if (e.AtMs < person!.AtMs)
        {
            return EventVerdict.Ignored;
        }

        person.Events.Add((e.Metric, e.Value));
        return EventVerdict.Counted;
    }

    private void Join(ulong key, int alternative, int epoch, long atMs)
    {
        var person = new Person(alternative, epoch, atMs);
        people.Add(key, person);
        foreach (var track in held.Where(t => t.Key == key))
        {
            if (track.AtMs >= atMs && Plan.Metrics[track.Metric].Active)
            {
                person.Events.Add((track.Metric, track.Value));
            }
            else
            {
                heldDropped++;
            }
        }

        held.RemoveAll(t => t.Key == key);
    }

    private void Expire(long now)
    {
        var expired = held.TakeWhile(t => t.ArrivedMs < now - HeldTracks.KeptMs).Count();
        held.RemoveRange(0, expired);
        heldDropped += expired;
    }

    private ParticipantTotal Total(Person person, int metric)
    {
        var values = person.Events.Where(e => e.Metric == metric).Select(e => e.Value).ToArray();
        var conversions = Plan.Metrics[metric].Kind == MetricKind.Conversion ? values.Sum() : values.Length;
        return new(values.Length > 0, conversions, values.Sum());
    }

    private sealed record Person(int Alternative, int Epoch, long AtMs)
    {
        public List<(int Metric, double Value)> Events { get; } = [];
    }
}

internal readonly record struct ModelEvent(bool Exposure, ulong Key, int Metric, double Value, int Alternative, int Epoch, long AtMs, ulong Id)
{
    public void Write(ShardBatchWriter to)
    {
        if (Exposure)
        {
            to.AddExposure(Key, Alternative, Epoch, AtMs, Id);
        }
        else
        {
            to.AddTrack(Key, Metric, Value, AtMs, Id);
        }
    }
}
