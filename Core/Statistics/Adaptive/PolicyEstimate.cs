namespace Bandstand.Statistics.Adaptive;

/// <summary>What other weights would have earned each participant, beside what was earned. Immutable.</summary>
/// <param name="Participants">Everybody it rests on.</param>
/// <param name="Recorded">What was earned under the weights there were, per participant.</param>
/// <param name="InverseProbability">What the other weights would have earned: unbiased. Of a ratio the same as <paramref name="SelfNormalised"/>.</param>
/// <param name="SelfNormalised">The same, divided by the weights that came instead of those expected: nearly unbiased, and steadier.</param>
/// <param name="Difference"><see cref="SelfNormalised"/> less <see cref="Recorded"/>, from the same participants.</param>
/// <param name="EffectiveSize">Kish's (Σw)²/Σw²: how many participants of those weights this is worth; 0 where nobody counts. Of a ratio (Σwx)²/Σ(wx)²: as many who are all alike below the line.</param>
/// <param name="Unseen">
/// The share of what the other weights gave out, 0 to 1, that went to alternatives nobody was in at that time: chance left them empty, and no
/// error of these estimates shows what they would have earned.
/// </param>
public sealed record PolicyEstimate(
    long Participants,
    Estimate<WeightedEstimate> Recorded,
    Estimate<WeightedEstimate> InverseProbability,
    Estimate<WeightedEstimate> SelfNormalised,
    Estimate<WeightedEstimate> Difference,
    double EffectiveSize,
    double Unseen)
{
    /// <summary>Nothing can be estimated, and why.</summary>
    internal static PolicyEstimate None(long participants, Estimate<WeightedEstimate> recorded, Unavailable why, double unseen) =>
        new(participants, recorded, why, why, why, 0, unseen);
}
