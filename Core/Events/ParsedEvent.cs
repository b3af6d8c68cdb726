namespace Bandstand.Events;

/// <summary>What an event says happened.</summary>
internal enum EventType : byte
{
    /// <summary>A metric's event.</summary>
    Track,

    /// <summary>Somebody was shown an alternative after a local evaluation.</summary>
    Exposure,

    /// <summary>A row of a timestep.</summary>
    Observation,
}

/// <summary>
/// One event as slices of the line it came from. Text is UTF-8 without escapes: what was escaped is unescaped into the
/// parser's scratch space, so a value is only good until the next line is parsed.
/// </summary>
internal ref struct ParsedEvent
{
    /// <summary>An event that says nothing yet: the defaults of what may be left out.</summary>
    public static ParsedEvent Empty => new() { Value = 1, At = long.MinValue, Epoch = -1, Timestep = -1 };

    /// <summary>What it says happened.</summary>
    public EventType Type;

    /// <summary>The metric's id; empty when missing.</summary>
    public ReadOnlySpan<byte> Metric;

    /// <summary>Who; empty when missing.</summary>
    public ReadOnlySpan<byte> Identity;

    /// <summary>The experiment's id; empty when missing.</summary>
    public ReadOnlySpan<byte> Experiment;

    /// <summary>The alternative's key; empty when missing.</summary>
    public ReadOnlySpan<byte> Alternative;

    /// <summary>The unique id; empty when missing.</summary>
    public ReadOnlySpan<byte> Id;

    /// <summary>The value; 1 when missing on a track.</summary>
    public double Value;

    /// <summary>True when a value was given (and not null).</summary>
    public bool HasValue;

    /// <summary>Event time in ms since 1970 (UTC); <see cref="long.MinValue"/> when missing.</summary>
    public long At;

    /// <summary>The epoch, or −1 when missing.</summary>
    public int Epoch;

    /// <summary>The timestep, or −1 when missing.</summary>
    public int Timestep;
}

/// <summary>Why a line is not an event.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Detail">What is wrong and the remedy.</param>
internal readonly record struct EventFault(string Code, string Detail);
