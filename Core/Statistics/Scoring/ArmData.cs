using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Statistics.Scoring;

/// <summary>What a score needs to know of one alternative and one metric. Immutable.</summary>
/// <param name="Key">The alternative's key.</param>
/// <param name="ValueJson">What callers get, as JSON text; carried through to the report.</param>
/// <param name="Participants">Participants, 0 or more.</param>
/// <param name="Converted">Participants with at least one event of the metric, 0 to <paramref name="Participants"/>.</param>
/// <param name="Conversions">The sum of all participants' events, repeats included; carried through to the report.</param>
/// <param name="Totals">
/// Moments of the participants' totals, those without an event counting 0, hence <paramref name="Participants"/> numbers. Not
/// read for conversion metrics, where <paramref name="Participants"/> and <paramref name="Converted"/> say it exactly.
/// </param>
/// <param name="ExpectedShare">
/// The share of participants that the weights made likely, 0 to 1, summing to 1 over the alternatives; NaN when unknown, and
/// the sample ratio is then not checked.
/// </param>
/// <param name="IsOpen">False when the alternative was closed or removed: it is still described, but is neither best nor base.</param>
/// <param name="Epochs">
/// The same counts for each set of weights, the same sets in the same order for all alternatives; null where the weights never
/// changed.
/// </param>
public readonly record struct ArmData(
    string Key,
    string ValueJson,
    long Participants,
    long Converted,
    double Conversions,
    Moments Totals,
    double ExpectedShare = double.NaN,
    bool IsOpen = true,
    IReadOnlyList<ArmEpoch>? Epochs = null)
{
    /// <summary>The totals with the covariate, of metrics that have one; of the same participants.</summary>
    public CovariateSample? Covariate { get; init; }

    /// <summary>What it was before it was adjusted by the covariate; null where it was not.</summary>
    internal ArmAdjustment? Adjusted { get; init; }

    /// <summary>All participants, where the others of these figures are only of those whose windows are closed; null: they are of all.</summary>
    public ArmSoFar? SoFar { get; init; }

    /// <summary>Why there is nobody to judge by though somebody participates, such as windows that are all open; else null.</summary>
    public Unavailable? Pending { get; init; }

    /// <summary>
    /// Of ratio and retention metrics, whose <see cref="Totals"/> are linearised: the effective number of participants below the line
    /// (<see cref="RatioOfTotals.Effective"/>). Null for other metrics.
    /// </summary>
    public double? Below { get; init; }

    /// <summary>Participants whose windows are closed; all of them where the metric has none.</summary>
    public long Closed => SoFar?.Closed ?? Participants;

    /// <summary>The figures of all participants, whether or not their windows are closed.</summary>
    public ArmData Everybody() => SoFar is not { } all ? this : this with
    {
        Participants = all.Participants,
        Converted = all.Converted,
        Conversions = all.Conversions,
        Totals = all.Totals,
        Epochs = all.Epochs,
        SoFar = null,
        Pending = all.Missing,
    };

    /// <summary>What it saw under each set of weights; all of it under <see cref="ExpectedShare"/> where <see cref="Epochs"/> does not say.</summary>
    public IReadOnlyList<ArmEpoch> ByEpoch() => Epochs ?? [new ArmEpoch(ExpectedShare, Participants, Converted, Totals)];
}
