using System.Text.Json.Serialization;

namespace Bandstand.Participants;

/// <summary>
/// What a metric does beyond adding up all its own events. Fixed once the experiment was started, because figures that are stored were made
/// by it. Immutable; metrics that do nothing beyond have none.
/// </summary>
public sealed record MetricRule
{
    /// <summary>A participant's total counts as no more than this; over 0. Only of counts and values.</summary>
    public double? Cap { get; init; }

    /// <summary>Only events up to so long after the participant's assignment count; null: all.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>
    /// The name of a number known before the assignment, by which totals are adjusted: an attribute of the identity, or an event.
    /// </summary>
    public string? Covariate { get; init; }

    /// <summary>Of ratio and retention metrics: the event whose values, or which, stands above the line.</summary>
    public string? Numerator { get; init; }

    /// <summary>Of ratio and retention metrics: the event below the line.</summary>
    public string? Denominator { get; init; }

    /// <summary>The window in milliseconds; 0: none.</summary>
    [JsonIgnore]
    public long WindowMs => Window is { } window ? (long)window.TotalMilliseconds : 0;

    /// <summary>True when it asks for nothing.</summary>
    [JsonIgnore]
    public bool IsEmpty => this is { Cap: null, Window: null, Covariate: null, Numerator: null, Denominator: null };
}
