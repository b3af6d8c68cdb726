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

    /// <summary>
    /// Of ratio and retention metrics: both sides of the line, also where there is too little below it for a ratio of the epoch's own and the other figures
    /// are therefore those of nobody. Null for other metrics.
    /// </summary>
    public RatioSides? Sides { get; init; }

    /// <summary>Where these weights come from; null where the score was not told.</summary>
    public EpochOrigin? Origin { get; init; }
}

/// <summary>Both sides of a ratio's line. Immutable.</summary>
/// <param name="Converted">As <see cref="ArmEpoch.Converted"/>.</param>
/// <param name="Joint">Below the line (x) and above it (y), of each participant.</param>
public sealed record RatioSides(long Converted, JointMoments Joint);
