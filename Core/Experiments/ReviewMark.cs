namespace Bandstand.Experiments;

/// <summary>A review of an experiment. Immutable.</summary>
/// <param name="At">When it was.</param>
/// <param name="Participants">How many participants there were.</param>
public sealed record ReviewMark(DateTimeOffset At, long Participants);
