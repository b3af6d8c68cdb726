namespace Bandstand.Events;

/// <summary>The fields an event can have.</summary>
internal enum EventField
{
    Type,
    Metric,
    Identity,
    Value,
    At,
    Id,
    Experiment,
    Alternative,
    Epoch,
    Timestep,
    Labels,
    Unknown,
}

/// <summary>The names of <see cref="EventField"/> as they go over the wire.</summary>
internal static class EventFields
{
    /// <summary>The field of a name, or <see cref="EventField.Unknown"/>.</summary>
    public static EventField Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("at"u8) => EventField.At,
        2 when name.SequenceEqual("id"u8) => EventField.Id,
        4 when name.SequenceEqual("type"u8) => EventField.Type,
        5 when name.SequenceEqual("value"u8) => EventField.Value,
        5 when name.SequenceEqual("epoch"u8) => EventField.Epoch,
        6 when name.SequenceEqual("metric"u8) => EventField.Metric,
        6 when name.SequenceEqual("labels"u8) => EventField.Labels,
        8 when name.SequenceEqual("identity"u8) => EventField.Identity,
        8 when name.SequenceEqual("timestep"u8) => EventField.Timestep,
        10 when name.SequenceEqual("experiment"u8) => EventField.Experiment,
        11 when name.SequenceEqual("alternative"u8) => EventField.Alternative,
        _ => EventField.Unknown,
    };

    /// <summary>The name of a field.</summary>
    public static string Name(this EventField field) => field.ToString().ToLowerInvariant();
}
