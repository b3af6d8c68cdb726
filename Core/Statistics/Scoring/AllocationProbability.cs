using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>What a bandit gives each alternative.</summary>
internal static class AllocationProbability
{
    /// <summary>See <see cref="Scorer.ProbabilityBest"/>.</summary>
    public static double[] ProbabilityBest(ReadOnlySpan<ArmData> arms, int sign, MetricKind kind)
    {
        ScoreGuard.Check(arms, sign, kind);
        var posteriors = new Posteriors([.. arms], kind, sign);
        List<int> judged = [], even = [];
        for (var i = 0; i < arms.Length; i++)
        {
            if (arms[i].IsOpen)
            {
                (posteriors.Missing(i) is null ? judged : even).Add(i);
            }
        }

        var shares = new double[arms.Length];
        var share = 1.0 / Math.Max(1, judged.Count + even.Count);
        foreach (var i in even)
        {
            shares[i] = share;
        }

        if (judged.Count > 0)
        {
            var probabilities = posteriors.Compare(judged).ProbabilityBest;
            for (var k = 0; k < judged.Count; k++)
            {
                shares[judged[k]] = probabilities[k] * (even.Count == 0 ? 1 : share * judged.Count);
            }
        }

        return shares;
    }
}
