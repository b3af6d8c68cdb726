namespace Bandstand.Statistics.Adaptive;

/// <summary>What all alternatives saw under one set of weights, as it was recorded. Immutable.</summary>
/// <param name="Probabilities">π by alternative: the probability of assignment, 0 to 1, summing to 1.</param>
/// <param name="Arms">By alternative: the moments of its participants' totals.</param>
public sealed record LoggedEpoch(IReadOnlyList<double> Probabilities, IReadOnlyList<Moments> Arms)
{
    /// <summary>Everybody who was assigned under these weights.</summary>
    public long Participants => Arms.Sum(arm => arm.Count);

    /// <summary>What they earned each.</summary>
    public double Mean => Participants == 0 ? 0 : Arms.Sum(arm => arm.Total) / Participants;
}
