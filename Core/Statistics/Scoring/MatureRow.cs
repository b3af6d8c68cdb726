namespace Bandstand.Statistics.Scoring;

/// <summary>
/// What those of an alternative came to whose windows are closed: all that is judged rests on them, for they do not convert any more. Immutable.
/// </summary>
/// <param name="Participants">How many they are.</param>
/// <param name="Converted">Of them with at least one event of the metric.</param>
/// <param name="Rate">Converted / participants, 0 to 1; null when they are none.</param>
/// <param name="Mean">The mean total per participant; null when they are none.</param>
/// <param name="StdDev">The standard deviation (n − 1) of their totals; null when they are fewer than two.</param>
public sealed record MatureRow(long Participants, long Converted, double? Rate, double? Mean, double? StdDev);
