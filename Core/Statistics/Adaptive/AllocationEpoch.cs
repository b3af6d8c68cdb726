namespace Bandstand.Statistics.Adaptive;

/// <summary>What one alternative saw under one set of weights, among all who were assigned then. Immutable.</summary>
/// <param name="Probability">π: its probability of assignment, 0 to 1.</param>
/// <param name="Assigned">Everybody who was assigned under these weights, whatever they got.</param>
/// <param name="Arm">Moments of the totals of those who got it.</param>
public readonly record struct AllocationEpoch(double Probability, long Assigned, Moments Arm);
