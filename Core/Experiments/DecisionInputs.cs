using Bandstand.Participants;

namespace Bandstand.Experiments;

/// <summary>All that a decision needs besides state and command, because Core has no clock and no randomness of its own.</summary>
/// <param name="Now">The present time; decisions and epochs carry it.</param>
/// <param name="FreshKey">A new random secret, used when a generation begins.</param>
/// <param name="Statistics">
/// The merged statistics of all shards of this generation; needed when <see cref="ExperimentDecider.NeedsStatistics"/> says so.
/// </param>
/// <param name="Segments">
/// The statistics of <see cref="SegmentTable.Parts"/>, in their order; needed when <see cref="ExperimentDecider.NeedsSegments"/> says so.
/// </param>
public sealed record DecisionInputs(DateTimeOffset Now, SipKey FreshKey, ExperimentStatistics? Statistics = null, IReadOnlyList<SegmentStatistics>? Segments = null);

/// <summary>The merged statistics of those who had one value of an attribute when they were assigned.</summary>
/// <param name="Value">The value; null: all those who had none of the others.</param>
/// <param name="Statistics">Theirs.</param>
public sealed record SegmentStatistics(string? Value, ExperimentStatistics Statistics);
