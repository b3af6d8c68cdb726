namespace Bandstand.Participants;

/// <summary>All that is held about one identity. Identities themselves are not kept: this is found by asking.</summary>
/// <param name="Identity">As asked.</param>
/// <param name="Experiments">By experiment's id.</param>
public sealed record ParticipantView(string Identity, IReadOnlyList<Participation> Experiments);

/// <summary>What one experiment holds about one identity.</summary>
public sealed record Participation
{
    /// <summary>The experiment's id.</summary>
    public required string Experiment { get; init; }

    /// <summary>The assigned alternative's key, or null when it is only forced or held.</summary>
    public string? Alternative { get; init; }

    /// <summary>The epoch of the assignment.</summary>
    public int? Epoch { get; init; }

    /// <summary>When it was assigned, to the millisecond.</summary>
    public DateTimeOffset? AssignedAt { get; init; }

    /// <summary>The alternative that is forced on it, or null.</summary>
    public string? Forced { get; init; }

    /// <summary>Events held in case an exposure arrives.</summary>
    public int Held { get; init; }

    /// <summary>Covariates by name, as they were known at the assignment.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Covariates { get; init; } = [];

    /// <summary>Totals by metric's id; for a conversion metric the number of conversions.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Totals { get; init; } = [];

    /// <summary>Values of the attributes that results are split by, as they were at the assignment; those without one are left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Segments { get; init; } = [];
}

/// <summary>The unit of a history.</summary>
public enum HistoryUnit
{
    /// <summary>Hours, kept for 14 days.</summary>
    Hour,

    /// <summary>Days (UTC), kept for life.</summary>
    Day,
}

/// <summary>What happened when, by event time.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Unit">Hours or days.</param>
/// <param name="Points">Oldest first; units without anything are left out.</param>
public sealed record HistoryView(string Experiment, HistoryUnit Unit, IReadOnlyList<HistoryPoint> Points);

/// <summary>One alternative in one hour or day.</summary>
/// <param name="From">The unit's start, UTC.</param>
/// <param name="Alternative">The alternative's key.</param>
/// <param name="Participants">New participants.</param>
/// <param name="Metrics">What each metric gained.</param>
public sealed record HistoryPoint(DateTimeOffset From, string Alternative, long Participants, IReadOnlyList<HistoryMetric> Metrics);

/// <summary>What one metric gained in one alternative in one hour or day.</summary>
/// <param name="Metric">The metric's id.</param>
/// <param name="Converted">Participants whose first conversion it was.</param>
/// <param name="Conversions">Events.</param>
/// <param name="Total">The sum of their values.</param>
public sealed record HistoryMetric(string Metric, long Converted, double Conversions, double Total);

/// <summary>A metric over all experiments.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Experiments">Ids of the experiments that have it.</param>
/// <param name="LastEventAt">The latest event's time, or null.</param>
public sealed record MetricView(string Id, IReadOnlyList<string> Experiments, DateTimeOffset? LastEventAt);

/// <summary>A metric's total of one day (UTC).</summary>
/// <param name="Day">The day.</param>
/// <param name="Events">How many events.</param>
/// <param name="Total">The sum of their values.</param>
public sealed record MetricDay(DateOnly Day, long Events, double Total);
