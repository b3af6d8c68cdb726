using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>Whether participants are spread over the alternatives as the probabilities of their own assignments made likely.</summary>
/// <remarks>Sequential (<see cref="AssignmentProcess"/>): however often it is looked at, at most one healthy experiment in a thousand is called a mismatch.</remarks>
internal static class SampleRatioCheck
{
    /// <summary>The p-value under which a spread is called a mismatch.</summary>
    public const double Alpha = 0.001;

    public static SampleRatio Of(IReadOnlyList<ArmData> arms)
    {
        if (arms.Sum(arm => arm.Participants) == 0)
        {
            return None(ScoreCodes.NoParticipants, "Nobody takes part yet.");
        }

        var byEpoch = arms.Select(arm => arm.ByEpoch()).ToList();
        var epochs = new List<(double[] Probabilities, long[] Counts)>();
        for (var e = 0; e < byEpoch[0].Count; e++)
        {
            var shares = byEpoch.Sum(epoch => epoch[e].Probability);
            if (!(shares > 0) || byEpoch.Any(epoch => epoch[e].Probability < 0))
            {
                return None(ScoreCodes.UnknownWeights, "The weights under which participants were assigned are not known.");
            }

            epochs.Add(([.. byEpoch.Select(epoch => epoch[e].Probability / shares)], [.. byEpoch.Select(epoch => epoch[e].Participants)]));
        }

        if (Enumerable.Range(0, arms.Count).Count(k => epochs.Any(e => e.Probabilities[k] > 0)) < 2 && epochs.All(e => !IsImpossible(e)))
        {
            return None(ScoreCodes.NoBase, "Only one alternative was ever assigned, so there is no ratio to check.");
        }

        var p = epochs.Any(IsImpossible) ? 0 : AssignmentProcess.Evidence(epochs).PValue;
        return new SampleRatio(p, p < Alpha);
    }

    /// <summary>Whether somebody is where no weight ever led: chance cannot explain a single one.</summary>
    private static bool IsImpossible((double[] Probabilities, long[] Counts) epoch) =>
        epoch.Counts.Where((count, k) => count > 0 && !(epoch.Probabilities[k] > 0)).Any();

    private static SampleRatio None(string code, string detail) => new(null, false, new MissingReason(code, detail));
}
