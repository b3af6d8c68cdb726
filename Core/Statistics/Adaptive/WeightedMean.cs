using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Adaptive;

/// <summary>The mean of one alternative from data whose assignment probabilities changed, by weighting with those.</summary>
/// <remarks>
/// <para>Source: Hadad, Hirshberg, Zhan, Wager and Athey (2021), PNAS 118, e2014602118, eqs. 5, 6 and 8: the score of participant t is
/// Γ = m̂ + 1{got it}(y − m̂)/π with m̂ the alternative's mean over the epochs before; the estimate is Σhᵧ·Γ/Σh with the weights h, its
/// variance Σh²(Γ − estimate)²/(Σh)². Without m̂ it is inverse probability weighting (Horvitz and Thompson 1952).</para>
/// <para>π and m̂ are constant within an epoch, so its count, mean and squares give the sums over its participants exactly. Measured
/// against R's banditsCI: below 1e-12. Pure.</para>
/// </remarks>
public static class WeightedMean
{
    /// <summary>The estimate.</summary>
    /// <param name="epochs">The epochs in order. Those in which the alternative could not be drawn say nothing.</param>
    /// <param name="weights">How much each participant's score counts.</param>
    /// <param name="isAugmented">True: with the mean of the epochs before as the first guess (AIPW). False: inverse probability weighting.</param>
    public static Estimate<WeightedEstimate> Of(IReadOnlyList<AllocationEpoch> epochs, EvaluationWeights weights, bool isAugmented = true)
    {
        double sum = 0, weight = 0;
        EachEpoch(epochs, weights, isAugmented, (epoch, h, guess) =>
        {
            sum += h * ((epoch.Assigned * guess) + (epoch.Arm.Count * (epoch.Arm.Mean - guess) / epoch.Probability));
            weight += h * epoch.Assigned;
        });
        if (!(weight > 0))
        {
            return new Unavailable(ScoreCodes.NoParticipants, "Nobody was assigned while this alternative could be drawn.");
        }

        var estimate = sum / weight;
        var squares = 0.0;
        EachEpoch(epochs, weights, isAugmented, (epoch, h, guess) =>
        {
            var without = guess - estimate;
            var within = without + ((epoch.Arm.Mean - guess) / epoch.Probability);
            squares += h * h * (((epoch.Assigned - epoch.Arm.Count) * without * without)
                + (epoch.Arm.Count * within * within) + (epoch.Arm.M2 / epoch.Probability / epoch.Probability));
        });
        return new WeightedEstimate(estimate, squares / weight / weight);
    }

    private static void EachEpoch(IReadOnlyList<AllocationEpoch> epochs, EvaluationWeights weights, bool isAugmented, Action<AllocationEpoch, double, double> add)
    {
        var before = default(Moments);
        foreach (var epoch in epochs)
        {
            if (!(epoch.Probability > 0) || epoch.Assigned == 0)
            {
                continue;
            }

            add(epoch, Weight(epoch.Probability, weights), isAugmented ? before.Mean : 0);
            before += epoch.Arm;
        }
    }

    private static double Weight(double probability, EvaluationWeights weights) => weights switch
    {
        EvaluationWeights.RootProbability => Math.Sqrt(probability),
        EvaluationWeights.Probability => probability,
        _ => 1,
    };
}
