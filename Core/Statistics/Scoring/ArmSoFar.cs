namespace Bandstand.Statistics.Scoring;

/// <summary>
/// All participants of an alternative with what they did so far, where it is judged by fewer: by those whose windows are closed. Immutable.
/// </summary>
/// <param name="Participants">Participants, whether or not their windows are closed.</param>
/// <param name="Converted">Of them with at least one event of the metric.</param>
/// <param name="Conversions">The sum of their events, repeats included.</param>
/// <param name="Totals">Moments of their totals. Not read for conversion metrics.</param>
/// <param name="Epochs">The same by set of weights; null as <see cref="ArmData.Epochs"/>.</param>
public sealed record ArmSoFar(long Participants, long Converted, double Conversions, Moments Totals, IReadOnlyList<ArmEpoch>? Epochs = null)
{
    /// <summary>True where the metric has a window; of ratios without one only what is below the line may be missing.</summary>
    public bool HasWindow { get; init; } = true;

    /// <summary>Participants whose windows are closed, where those judged may be fewer still; null: all of them are judged.</summary>
    public long? Closed { get; init; }

    /// <summary>Why all together have no mean, such as nothing below the line of a ratio; else null.</summary>
    public Unavailable? Missing { get; init; }
}
