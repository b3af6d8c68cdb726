using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Statistics.Scoring;

/// <summary>What one alternative saw under one set of weights. Immutable.</summary>
/// <param name="Probability">The probability of being assigned to it, among the alternatives scored, 0 to 1; NaN when unknown.</param>
/// <param name="Participants">Participants first assigned under these weights.</param>
/// <param name="Converted">Those of them with at least one event of the metric, whenever it came.</param>
/// <param name="Totals">
/// Moments of those participants' totals, as <see cref="ArmData.Totals"/>. Not read for conversion metrics.
/// </param>
public readonly record struct ArmEpoch(double Probability, long Participants, long Converted, Moments Totals = default)
{
    /// <summary>As <see cref="ArmData.Covariate"/>.</summary>
    public CovariateSample? Covariate { get; init; }

    /// <summary>Where these weights come from; null where the score was not told.</summary>
    public EpochOrigin? Origin { get; init; }
}
