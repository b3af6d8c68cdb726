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
            Join(q.Key, drawn, Plan.Epoch, q.AtMs, Plan.Metrics.Select(m => m.Rule?.Covariate).OfType<string>().Distinct()
                .Zip(q.Known ?? []).Where(known => !double.IsNaN(known.Second)).ToDictionary(known => known.First, known => known.Second));
            people[q.Key].Segments = [.. Plan.Segments.Select((slot, i) => slot.Active && i < q.Segments?.Length ? q.Segments[i] : null)];
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

        return new(person.Alternative, person.Epoch, person.AtMs, shown, waiting, [.. Plan.Metrics.Select((m, i) => Total(person, i))])
        {
            Segments = Plan.Segments.Count == 0 ? null : [.. Plan.Segments.Select((_, slot) => Segment(person, slot))],
            Known = [.. Plan.Metrics.Select(m => m.Rule?.Covariate).OfType<string>().Distinct().Select(name => person.Covariates.TryGetValue(name, out var x) ? x : (double?)null)],
        };
    }

    private static string? Segment(Person person, int slot) => slot < person.Segments.Length ? person.Segments[slot] : null;

    /// <summary>By epoch, alternative and metric, from scratch.</summary>
    public IEnumerable<(int Epoch, int Alternative, long Participants, MetricStatistics[] Metrics)> Statistics(long now, SegmentChoice? choice = null) => people.Values
        .Where(p => choice is null || choice.Values.Contains(Segment(p, choice.Slot)) != choice.Except)
        .GroupBy(p => (p.Epoch, p.Alternative))
        .OrderBy(g => g.Key)
        .Select(g => (g.Key.Epoch, g.Key.Alternative, g.LongCount(), Plan.Metrics.Select((m, i) => Statistics([.. g], m, i) with
        {
            Mature = m.Rule?.Window is null ? null : Mature([.. g.Where(p => IsClosed(p, m.Rule.WindowMs, now))], m, i),
        }).ToArray()));

    private MatureStatistics Mature(Person[] closed, MetricSlot metric, int slot) => new(closed.Length, Statistics(closed, metric, slot));

    /// <summary>A window counts as closed when it is for all who were assigned in the same 64th part of it.</summary>
    private static bool IsClosed(Person person, long window, long now)
    {
        var part = window / 64;
        return (((person.AtMs / part) + 1) * part) + window <= now;
    }

    private MetricStatistics Statistics(IReadOnlyList<Person> group, MetricSlot metric, int slot)
    {
        double Measured(Person person)
        {
            var total = Total(person, slot);
            return metric.Kind is MetricKind.Conversion or MetricKind.Retention ? total.Converted ? 1 : 0 : Math.Min(total.Total, metric.Rule?.Cap ?? double.MaxValue);
        }

        var totals = group.Select(p => Total(p, slot)).ToArray();
        var moments = group.Aggregate(default(Moments), (sum, p) => sum.Add(Measured(p)));
        double? Known(Person person) => metric.Rule?.Covariate is { } name && person.Covariates.TryGetValue(name, out var x) ? x : null;
        return new MetricStatistics(totals.Count(t => t.Converted), totals.Sum(t => t.Conversions), moments)
        {
            Pair = metric.Kind is MetricKind.Ratio or MetricKind.Retention
                ? new PairStatistics(totals.Aggregate(default(JointMoments), (sum, t) => sum.Add(t.Denominator, t.Total)), default)
                : metric.Rule?.Covariate is null ? null
                : new PairStatistics(
                    group.Where(p => Known(p) is not null).Aggregate(default(JointMoments), (sum, p) => sum.Add(Known(p)!.Value, Measured(p))),
                    group.Where(p => Known(p) is null).Aggregate(default(Moments), (sum, p) => sum.Add(Measured(p)))),
        };
    }

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

        if (!IsFed(e.Metric))
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

        return Take(person, e.Metric, e.Value, e.AtMs) ? EventVerdict.Counted : EventVerdict.Ignored;
    }

    private bool IsFed(int address) => address < Plan.Metrics.Count && (Fed(address).Any() || Plan.Metrics.Any(m => m.Active && m.Rule?.Covariate == Plan.Metrics[address].Id && IsAddress(address)));

    private bool IsAddress(int address)
        => Enumerable.Range(0, Plan.Metrics.Count).FirstOrDefault(i => Plan.Metrics[i].Id == Plan.Metrics[address].Id && Plan.Metrics[i].Kind is not (MetricKind.Ratio or MetricKind.Retention), -1) == address;

    /// <summary>Slots that an address feeds, with what its events are to them.</summary>
    private IEnumerable<(int Slot, string Part)> Fed(int address)
    {
        if (Plan.Metrics[address].Kind is MetricKind.Ratio or MetricKind.Retention || !IsAddress(address))
        {
            yield break;
        }

        var id = Plan.Metrics[address].Id;
        for (var slot = 0; slot < Plan.Metrics.Count; slot++)
        {
            var metric = Plan.Metrics[slot];
            if (metric is { Active: true, Kind: MetricKind.Conversion or MetricKind.Count or MetricKind.Value } && metric.Id == id)
            {
                yield return (slot, "own");
            }

            if (metric.Active && metric.Rule?.Numerator == id)
            {
                yield return (slot, "above");
            }

            if (metric.Active && metric.Rule?.Denominator == id)
            {
                yield return (slot, "below");
            }
        }
    }

    private bool Take(Person person, int address, double value, long atMs)
    {
        var taken = Fed(address).Where(f => !(Plan.Metrics[f.Slot].Rule?.Window is { } window && atMs >= person.AtMs + window.TotalMilliseconds)).ToList();
        person.Events.AddRange(taken.Select(f => (f.Slot, f.Part, value, atMs)));
        return taken.Count > 0;
    }

    private void Join(ulong key, int alternative, int epoch, long atMs, IReadOnlyDictionary<string, double>? known = null)
    {
        var person = new Person(alternative, epoch, atMs);
        var attributes = known ?? new Dictionary<string, double>();
        foreach (var (name, x) in attributes)
        {
            person.Covariates[name] = x;
        }

        people.Add(key, person);
        foreach (var track in held.Where(t => t.Key == key))
        {
            var id = Plan.Metrics[track.Metric].Id;
            if (track.AtMs < atMs && IsFed(track.Metric) && Plan.Metrics.Any(m => m.Active && m.Rule?.Covariate == id))
            {
                if (!attributes.ContainsKey(id))
                {
                    person.Covariates[id] = person.Covariates.GetValueOrDefault(id) + track.Value;
                }
            }
            else if (track.AtMs < atMs || !Take(person, track.Metric, track.Value, track.AtMs))
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
        var above = person.Events.Where(e => e.Slot == metric && e.Part == "above").ToArray();
        var below = person.Events.Where(e => e.Slot == metric && e.Part == "below").ToArray();
        switch (Plan.Metrics[metric].Kind)
        {
            case MetricKind.Ratio:
                return new(above.Length > 0, above.Length, above.Sum(e => e.Value), below.Sum(e => e.Value));
            case MetricKind.Retention:
            {
                var cameBack = above.Any(a => below.Any(b => b.AtMs < a.AtMs)) ? 1 : 0;
                return new(cameBack > 0, cameBack, cameBack, below.Length > 0 ? 1 : 0);
            }
        }

        var values = person.Events.Where(e => e.Slot == metric).Select(e => e.Value).ToArray();
        var conversions = Plan.Metrics[metric].Kind == MetricKind.Conversion ? values.Sum() : values.Length;
        return new(values.Length > 0, conversions, values.Sum());
    }

    private sealed record Person(int Alternative, int Epoch, long AtMs)
    {
        public List<(int Slot, string Part, double Value, long AtMs)> Events { get; } = [];

        public Dictionary<string, double> Covariates { get; } = [];

        public string?[] Segments { get; set; } = [];
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
