namespace Bandstand.Statistics.Sequential;

/// <summary>Units that were drawn with one probability: how many fell inside and outside.</summary>
/// <param name="Probability">The probability of inside under the null, 0 to 1.</param>
/// <param name="Inside">Units inside, 0 or more.</param>
/// <param name="Outside">Units outside, 0 or more.</param>
public readonly record struct LabelStratum(double Probability, long Inside, long Outside);
