using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Adaptive;

/// <summary>The difference of two means, epoch by epoch, and then averaged: a base rate that moved with the weights drops out.</summary>
/// <remarks>
/// <para>Source: post-stratification (Cochran 1977, §5A.9; Miratrix, Sekhon and Yu 2013, JRSS B 75): Σωₑ(m₁ₑ − m₂ₑ)/Σωₑ, with variance
/// Σωₑ²(s₁ₑ²/n₁ₑ + s₂ₑ²/n₂ₑ)/(Σωₑ)². A variance is its epoch's times its alternative's
/// (<see cref="PairFactors"/>), for an alternative with a participant or two in an epoch has none of its own there. Pure.</para>
/// </remarks>
public static class StratifiedDifference
{
    /// <summary>
    /// The effect on everybody who came: ω is the epoch's participants. An epoch in which one of the two has nobody is joined with the one
    /// that follows, the last with the one before.
    /// </summary>
    /// <param name="epochs">The epochs in order; probabilities are not read.</param>
    public static Estimate<WeightedEstimate> OfEverybody(IReadOnlyList<PairEpoch> epochs) => Means(Merge(epochs), epoch => epoch.Participants)
        .Then<WeightedEstimate>(means => new WeightedEstimate(means.Arm.Value - means.Other.Value, means.Arm.Variance + means.Other.Variance));

    /// <summary>
    /// The two means whose difference has the least variance where the effect is the same throughout: ω = n₁n₂/n (Mantel and Haenszel
    /// 1959; overlap weights: Li, Morgan and Zaslavsky 2018, JASA 113).
    /// </summary>
    /// <remarks>
    /// Given who came, what they do and how many of an epoch are in each alternative, each term ω(m₁ − m₂) has mean 0 where there is no
    /// effect, whatever made the weights. The sum is a martingale over epochs, which is what a sequence needs; an epoch in which one of the
    /// two has nobody adds 0.
    /// </remarks>
    /// <param name="epochs">The epochs in any order; probabilities are not read.</param>
    public static Estimate<(WeightedEstimate Arm, WeightedEstimate Other)> LeastVariance(IReadOnlyList<PairEpoch> epochs) =>
        Means([.. epochs.Where(e => e.Overlap > 0)], epoch => epoch.Overlap);

    private static List<PairEpoch> Merge(IReadOnlyList<PairEpoch> epochs)
    {
        var merged = new List<PairEpoch>();
        PairEpoch? waiting = null;
        foreach (var epoch in epochs.Where(e => e.Participants > 0))
        {
            var next = waiting is { } before ? Join(before, epoch) : epoch;
            waiting = next.Overlap > 0 ? null : next;
            if (waiting is null)
            {
                merged.Add(next);
            }
        }

        if (waiting is { } last && merged.Count > 0)
        {
            merged[^1] = Join(merged[^1], last);
        }

        return merged;
    }

    private static PairEpoch Join(PairEpoch one, PairEpoch two) => new(double.NaN, one.Arm + two.Arm, one.Other + two.Other);

    private static Estimate<(WeightedEstimate Arm, WeightedEstimate Other)> Means(List<PairEpoch> epochs, Func<PairEpoch, double> weight)
    {
        if (!epochs.Exists(e => e.Participants > 2))
        {
            return new Unavailable(ScoreCodes.FewParticipants, "There is no period yet in which both alternatives have participants, three in all.");
        }

        double all = 0, one = 0, two = 0, oneSquares = 0, twoSquares = 0;
        foreach (var epoch in epochs)
        {
            var (w, variance) = (weight(epoch), epoch.Variance);
            all += w;
            one += w * epoch.Arm.Mean;
            two += w * epoch.Other.Mean;
            oneSquares += w * w * variance / epoch.Arm.Count;
            twoSquares += w * w * variance / epoch.Other.Count;
        }

        var factors = PairFactors.Of(epochs);
        return (
            new WeightedEstimate(one / all, factors.Arm * oneSquares / all / all),
            new WeightedEstimate(two / all, factors.Other * twoSquares / all / all));
    }
}
