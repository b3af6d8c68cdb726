namespace Bandstand.Events;

/// <summary>What an event must say, by type, and the limits of its parts.</summary>
internal static class EventRules
{
    /// <summary>The longest identity, in bytes of UTF-8.</summary>
    public const int MaxIdentityBytes = 1024;

    /// <summary>The longest metric id, experiment id, alternative key or event id, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>How far ahead of now an event may be, in ms: five minutes.</summary>
    public const long MaxAheadMs = 5 * 60 * 1000;

    /// <summary>Whether the event says what its type needs.</summary>
    public static bool Check(ref ParsedEvent parsed, out EventFault fault)
    {
        fault = default;
        if (parsed.Identity.Length > MaxIdentityBytes)
        {
            fault = new("identity-too-long", $"\"identity\" has {parsed.Identity.Length} bytes of UTF-8; at most {MaxIdentityBytes} are kept apart. Send a shorter one or a hash of it.");
        }
        else if (Longest(parsed) > MaxNameBytes)
        {
            fault = new("name-too-long", $"\"metric\", \"experiment\", \"alternative\" and \"id\" have at most {MaxNameBytes} bytes of UTF-8.");
        }
        else
        {
            fault = parsed.Type switch
            {
                EventType.Track => CheckTrack(parsed),
                EventType.Exposure => CheckExposure(parsed),
                _ => CheckObservation(parsed),
            };
        }

        return fault.Code is null;
    }

    private static EventFault CheckTrack(in ParsedEvent parsed)
    {
        if (parsed.Metric.IsEmpty)
        {
            return Missing("metric", "the id of the metric");
        }

        if (parsed.Identity.IsEmpty)
        {
            return Missing("identity", "who did it");
        }

        if (!parsed.Experiment.IsEmpty || !parsed.Alternative.IsEmpty || parsed.Epoch >= 0 || parsed.Timestep >= 0)
        {
            return new("unexpected-field", "A track counts wherever its metric is measured: it has metric, identity, value, at and id, and no experiment, alternative, epoch or timestep. Give \"type\" if it is an exposure or an observation.");
        }

        return double.IsFinite(parsed.Value) ? default : new("invalid-value", "\"value\" must be a finite number.");
    }

    private static EventFault CheckExposure(in ParsedEvent parsed)
    {
        if (parsed.Experiment.IsEmpty)
        {
            return Missing("experiment", "the experiment's id");
        }

        if (parsed.Identity.IsEmpty)
        {
            return Missing("identity", "who was shown it");
        }

        if (parsed.Alternative.IsEmpty)
        {
            return Missing("alternative", "the key of what was shown");
        }

        return !parsed.Metric.IsEmpty || parsed.HasValue || parsed.Timestep >= 0
            ? new("unexpected-field", "An exposure has experiment, identity, alternative, epoch, at and id, and no metric, value or timestep.")
            : default;
    }

    private static EventFault CheckObservation(in ParsedEvent parsed)
    {
        if (parsed.Experiment.IsEmpty)
        {
            return Missing("experiment", "the experiment's id");
        }

        if (parsed.Timestep < 0)
        {
            return Missing("timestep", "the timestep's number");
        }

        if (parsed.Alternative.IsEmpty)
        {
            return Missing("alternative", "the key of what was observed");
        }

        if (!parsed.HasValue)
        {
            return Missing("value", "the observed number");
        }

        return !parsed.Metric.IsEmpty || !parsed.Identity.IsEmpty || !parsed.Id.IsEmpty || parsed.Epoch >= 0
            ? new("unexpected-field", "An observation has experiment, timestep, alternative, value, labels and at, and no metric, identity, id or epoch. Name a producer to send it again safely.")
            : double.IsFinite(parsed.Value) ? default : new("invalid-value", "\"value\" must be a finite number.");
    }

    private static int Longest(in ParsedEvent parsed) =>
        Math.Max(Math.Max(parsed.Metric.Length, parsed.Experiment.Length), Math.Max(parsed.Alternative.Length, parsed.Id.Length));

    private static EventFault Missing(string field, string what) => new("missing-field", $"\"{field}\" is missing: {what}.");
}
