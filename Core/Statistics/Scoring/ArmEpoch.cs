namespace Bandstand.Statistics.Scoring;

/// <summary>What one alternative saw under one set of weights. Immutable.</summary>
/// <param name="Probability">The probability of being assigned to it, among the alternatives scored, 0 to 1; NaN when unknown.</param>
/// <param name="Participants">Participants first assigned under these weights.</param>
/// <param name="Converted">Those of them with at least one event of the metric, whenever it came.</param>
public readonly record struct ArmEpoch(double Probability, long Participants, long Converted);
