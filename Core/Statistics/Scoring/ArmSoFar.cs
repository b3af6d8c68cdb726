namespace Bandstand.Statistics.Scoring;

/// <summary>
/// All participants of an alternative with what they did so far, where it is judged by fewer: by those whose windows are closed. Immutable.
/// </summary>
/// <param name="Participants">Participants, whether or not their windows are closed.</param>
/// <param name="Converted">Of them with at least one event of the metric.</param>
/// <param name="Conversions">The sum of their events, repeats included.</param>
/// <param name="Totals">Moments of their totals. Not read for conversion metrics.</param>
/// <param name="Epochs">The same by set of weights; null as <see cref="ArmData.Epochs"/>.</param>
public sealed record ArmSoFar(long Participants, long Converted, double Conversions, Moments Totals, IReadOnlyList<ArmEpoch>? Epochs = null);
