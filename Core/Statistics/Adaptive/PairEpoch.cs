namespace Bandstand.Statistics.Adaptive;

/// <summary>What two alternatives saw under one set of weights. Immutable.</summary>
/// <param name="Probability">
/// π: the probability of the first among the two, 0 to 1, as it was when their participants were assigned. NaN when unknown.
/// </param>
/// <param name="Arm">Moments of the first's participants' totals.</param>
/// <param name="Other">Moments of the second's.</param>
public readonly record struct PairEpoch(double Probability, Moments Arm, Moments Other)
{
    /// <summary>Participants of both.</summary>
    public long Participants => Arm.Count + Other.Count;

    /// <summary>n₁n₂/n: what the difference of the two means rests on, in participants.</summary>
    public double Overlap => Participants == 0 ? 0 : (double)Arm.Count / Participants * Other.Count;

    /// <summary>The variance of totals within the two, (n − 2) in the denominator; 0 for fewer than three participants.</summary>
    public double Variance => Participants > 2 ? (Arm.M2 + Other.M2) / (Participants - 2) : 0;
}
