namespace Bandstand.Statistics.Adaptive;

/// <summary>What all alternatives saw under one set of weights, as it was recorded. Immutable.</summary>
/// <param name="Probabilities">π by alternative: the probability of assignment, 0 to 1, summing to 1.</param>
/// <param name="Arms">By alternative: the moments of its participants' totals; of a ratio those above the line.</param>
public sealed record LoggedEpoch(IReadOnlyList<double> Probabilities, IReadOnlyList<Moments> Arms)
{
    /// <summary>By alternative, of a ratio of two totals: below the line (x) and above it (y), of the same participants. Null for other metrics.</summary>
    public IReadOnlyList<JointMoments>? Sides { get; init; }

    /// <summary>Everybody who was assigned under these weights.</summary>
    public long Participants => Arms.Sum(arm => arm.Count);
}
