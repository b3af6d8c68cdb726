using Bandstand.Participants;

namespace Bandstand.Experiments;

/// <summary>All that a decision needs besides state and command, because Core has no clock and no randomness of its own.</summary>
/// <param name="Now">The present time; decisions and epochs carry it.</param>
/// <param name="FreshKey">A new random secret, used when a generation begins.</param>
/// <param name="Statistics">
/// The merged statistics of all shards of this generation; needed when <see cref="ExperimentDecider.NeedsStatistics"/> says so.
/// </param>
public sealed record DecisionInputs(DateTimeOffset Now, SipKey FreshKey, ExperimentStatistics? Statistics = null);
