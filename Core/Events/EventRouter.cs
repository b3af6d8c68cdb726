using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics;

namespace Bandstand.Events;

/// <summary>
/// Splits a body of events into one leg a shard, a tally of metric totals and rows for timesteps, and puts the answers of
/// all of them together into one receipt. Every host uses it: embedded legs go to objects, in a cluster they travel.
/// </summary>
/// <remarks>
/// Not thread-safe; made to be used again (<see cref="Route"/> resets it), so that a steady stream allocates nothing.
/// </remarks>
public sealed class EventRouter
{
    private readonly EventLineParser parser = new();
    private readonly ShardLegs legs = new();
    private readonly List<ObservationRow> observations = [];
    private EventRoutes routes = EventRoutes.Empty;
    private byte[] lastMetric = [];
    private MetricRoute[] lastRoutes = [];
    private readonly EventFates fates = new();
    private long now;

    /// <summary>One leg a shard that is concerned.</summary>
    public IReadOnlyList<ShardLeg> Legs => legs;

    /// <summary>How many of <see cref="Legs"/> there are.</summary>
    public int LegCount => legs.Count;

    /// <summary>Totals by metric and day.</summary>
    public MetricTally Tally { get; } = new();

    /// <summary>Rows for timesteps, in the order of the body.</summary>
    public IReadOnlyList<ObservationRow> Observations => observations;

    /// <summary>Reads a body and splits it.</summary>
    /// <param name="batch">The body.</param>
    /// <param name="targets">Where everything is now.</param>
    /// <param name="nowMs">The time of arrival, ms since 1970.</param>
    /// <returns>A refusal when the body as a whole cannot be read: nothing is to be applied then.</returns>
    public Answer<Done> Route(EventBatch batch, EventRoutes targets, long nowMs)
    {
        routes = targets;
        lastMetric = [];
        now = nowMs;
        fates.Clear();
        observations.Clear();
        var producer = batch.Producer is { } named ? named.Hash() : 0;
        var sequence = batch.Producer?.Sequence ?? 0;
        legs.Reset(targets.TotalShards, producer, sequence);
        Tally.Reset(producer, sequence);
        if (EventBody.Refuse(batch) is { } refusal)
        {
            return refusal;
        }

        for (var body = new EventBody(batch); body.Next();)
        {
            RouteEvent(body.Text, body.Line);
        }

        return default(Done);
    }

    /// <summary>Notes what a shard answered for its leg.</summary>
    /// <param name="leg">The leg.</param>
    /// <param name="answers">One verdict an entry.</param>
    public void Answered(ShardLeg leg, ReadOnlySpan<EventVerdict> answers)
    {
        var events = leg.Events;
        for (var i = 0; i < events.Length; i++)
        {
            switch (answers[i])
            {
                case EventVerdict.Counted:
                    fates.Note(events[i], EventFate.Counted);
                    break;
                case EventVerdict.Duplicate:
                    fates.Note(events[i], EventFate.Duplicate);
                    break;
                case EventVerdict.UnknownEpoch:
                    fates.Reject(events[i], "epoch-not-found", "The experiment has no epoch with the number in \"epoch\". Send the number the assignment was answered with, or leave it out.");
                    break;
                case EventVerdict.UnknownAlternative:
                    fates.Reject(events[i], "alternative-not-found", "The experiment has no alternative with the key in \"alternative\".");
                    break;
                case EventVerdict.OutOfRange:
                    fates.Reject(events[i], "out-of-range", "With this \"value\" the participant's total is beyond what is counted exactly. Send smaller units.");
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Notes that a row of a timestep counted, or had counted before.</summary>
    /// <param name="row">The row.</param>
    /// <param name="duplicate">True when it had counted before.</param>
    public void Answered(ObservationRow row, bool duplicate) => fates.Note(row.Event, duplicate ? EventFate.Duplicate : EventFate.Counted);

    /// <summary>Rejects one row of a timestep after all.</summary>
    /// <param name="row">The row.</param>
    /// <param name="code">A stable code.</param>
    /// <param name="detail">What is wrong and the remedy.</param>
    public void Reject(ObservationRow row, string code, string detail) => fates.Reject(row.Event, code, detail);

    /// <summary>The receipt of everything answered so far.</summary>
    public EventReceipt Receipt() => fates.Receipt();

    private void RouteEvent(ReadOnlySpan<byte> text, long line)
    {
        if (!parser.TryParse(text, out var parsed, out var fault))
        {
            fates.Reject(fates.New(line), fault.Code, fault.Detail);
            return;
        }

        if (parsed.At == long.MinValue)
        {
            parsed.At = now;
        }
        else if (parsed.At > now + EventRules.MaxAheadMs)
        {
            fates.Reject(fates.New(line), "in-the-future", "\"at\" is more than 5 minutes ahead of the server's clock. Correct the clock, or leave \"at\" out to mean now.");
            return;
        }
        else if (parsed.At < 0)
        {
            fates.Reject(fates.New(line), "invalid-time", "\"at\" is before 1970.");
            return;
        }

        var number = fates.New(line);
        var id = parsed.Id.IsEmpty ? 0 : IdentityKey.Of(parsed.Id, default);
        switch (parsed.Type)
        {
            case EventType.Track:
                RouteTrack(parsed, number, id);
                break;
            case EventType.Exposure:
                RouteExposure(parsed, number, id);
                break;
            default:
                RouteObservation(parsed, number, id);
                break;
        }
    }

    private void RouteTrack(in ParsedEvent parsed, int number, ulong id)
    {
        // Before the tally: one number that no participant can take would spoil its metric's day for good.
        if (!(Math.Abs(parsed.Value) <= Moments.MaxMagnitude))
        {
            fates.Reject(number, "out-of-range", "\"value\" is beyond 1e140, more than is counted exactly. Send smaller units.");
            return;
        }

        var found = RoutesOf(parsed.Metric);
        foreach (var route in found)
        {
            if (route.Kind is MetricKind.Conversion or MetricKind.Count && (parsed.Value < 0 || (route.Kind == MetricKind.Count && parsed.Value != Math.Floor(parsed.Value))))
            {
                fates.Reject(number, "invalid-value", route.Kind == MetricKind.Count
                    ? "\"value\" of a count metric must be a whole number, 0 or more. Use a value metric for other numbers."
                    : "\"value\" of a conversion metric must be 0 or more. Use a value metric for amounts that can be negative.");
                return;
            }
        }

        Tally.Add(parsed.Metric, parsed.At, parsed.Value, id);
        foreach (var route in found)
        {
            var target = routes.Targets[route.Target];
            var key = IdentityKey.Of(parsed.Identity, target.Key);
            var leg = LegOf(route.Target, IdentityKey.Shard(key, target.Shards));
            leg.Writer.AddTrack(key, route.Slot, parsed.Value, parsed.At, id);
            leg.Note(number);
        }
    }

    private MetricRoute[] RoutesOf(ReadOnlySpan<byte> metric)
    {
        // Most events are of the same metric as the one before.
        if (!metric.SequenceEqual(lastMetric))
        {
            lastRoutes = routes.RoutesOf(metric, out lastMetric);
        }

        return lastRoutes;
    }

    private void RouteExposure(in ParsedEvent parsed, int number, ulong id)
    {
        var targetNumber = routes.TargetOf(parsed.Experiment);
        if (targetNumber < 0)
        {
            fates.Reject(number, "experiment-not-found", "No experiment has the id in \"experiment\". Define it first or correct the id.");
            return;
        }

        var target = routes.Targets[targetNumber];
        var alternative = routes.AlternativeOf(targetNumber, parsed.Alternative);
        if (alternative < 0)
        {
            fates.Reject(number, "alternative-not-found", $"Experiment {target.Experiment} has no alternative with the key in \"alternative\".");
            return;
        }

        var key = IdentityKey.Of(parsed.Identity, target.Key);
        var leg = LegOf(targetNumber, IdentityKey.Shard(key, target.Shards));
        leg.Writer.AddExposure(key, alternative, parsed.Epoch, parsed.At, id);
        leg.Note(number);
    }

    private void RouteObservation(in ParsedEvent parsed, int number, ulong id)
    {
        var target = routes.TargetOf(parsed.Experiment);
        if (target < 0)
        {
            fates.Reject(number, "experiment-not-found", "No experiment has the id in \"experiment\". Define it first or correct the id.");
            return;
        }

        observations.Add(new ObservationRow(number, target, parsed.Timestep, routes.AlternativeOf(target, parsed.Alternative), parsed.Value, id));
    }

    private ShardLeg LegOf(int target, int shard) => legs.Of(routes.ShardNumber(target, shard), target, shard);
}
