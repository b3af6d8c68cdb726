using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics.Bayes;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>Weights that a policy chose, and why.</summary>
/// <param name="Weights">By slot: whole numbers that sum to 10 000.</param>
/// <param name="Reason">Why, naming figures.</param>
/// <param name="Figures">What it was decided on, in definition order.</param>
public sealed record ChosenWeights(IReadOnlyList<int> Weights, string Reason, IReadOnlyList<DecisionFigure> Figures);

/// <summary>
/// Probability matching: an open alternative's weight is the posterior probability that it is the best of the open ones by the
/// primary metric; or top-two sampling, where half of that goes to whoever would be the best without the best.
/// </summary>
/// <remarks>
/// <para>Source: Thompson (1933), Biometrika 25, 285–294; Scott (2010), Applied Stochastic Models in Business and Industry 26,
/// 639–658; top-two: Russo (2020), Operations Research 68, 1625–1647, β = ½. The probability is computed by quadrature, not drawn,
/// so the same figures always give the same weights.</para>
/// <para>Burn-in: an alternative with fewer participants than that, or whose probability cannot be computed yet, gets an even share
/// (1 / open alternatives) rather than the large one that ignorance would give it, and the others share the rest by their
/// probabilities among themselves. The floor is kept by water-filling: nobody ends below it, and it is taken from the others in
/// their proportions. Closed alternatives get nothing. Thread-safe.</para>
/// </remarks>
public static class ThompsonPolicy
{
    /// <summary>The weights for the next epoch.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <param name="bandit">Algorithm, floor and burn-in.</param>
    public static ChosenWeights Weights(Experiment experiment, ExperimentStatistics statistics, BanditAllocation bandit)
    {
        var arms = ExperimentArms.OfPrimary(experiment, statistics);
        var best = BestProbabilities.Of(arms, a => a.IsOpen && a.Participants >= bandit.BurnIn, experiment.LastPut.Primary, Prior(experiment));
        var open = arms.Count(a => a.IsOpen);
        var least = WholeWeights.Least(bandit.Floor, open);
        var known = Enumerable.Range(0, arms.Count).Where(i => best[i] is not null).ToList();
        var waiting = arms.Where((a, i) => a.IsOpen && best[i] is null).ToList();

        // Who waits keeps an even share; only the others make room for each other's floor.
        var even = (double)WholeWeights.Sum / open;
        var matched = bandit.Algorithm == BanditAllocation.TopTwo
            ? BestProbabilities.TopTwo(arms, known, experiment.LastPut.Primary, Prior(experiment))
            : [.. best.Select(p => p ?? 0)];
        var shares = WholeWeights.Fill(matched, known, least, WholeWeights.Sum - (waiting.Count * even));
        var weights = new double[experiment.Alternatives.Length];
        for (var i = 0; i < arms.Count; i++)
        {
            weights[experiment.SlotOf(arms[i].Key)] = !arms[i].IsOpen ? 0 : best[i] is null ? even : shares[i];
        }

        return new(
            WholeWeights.Of(weights, [.. Enumerable.Range(0, weights.Length).Select(experiment.IsOpen)], least),
            Explain(experiment.LastPut.Primary.Id, arms, best, [.. waiting.Select(a => a.Key)], bandit),
            ExperimentArms.Figures(arms, best));
    }

    private static string Explain(string metric, IReadOnlyList<ArmData> arms, double?[] best, List<string> waiting, BanditAllocation bandit)
    {
        var leader = Enumerable.Range(0, arms.Count).OrderByDescending(i => best[i] ?? -1).First();
        var lead = best[leader] is { } probability
            ? string.Create(CultureInfo.InvariantCulture, $"'{arms[leader].Key}' is the best by '{metric}' with a probability of {100 * probability:0.##} % ({arms[leader].Converted} of {arms[leader].Participants} converted, mean {arms[leader].Totals.Mean:0.######})")
            : "nobody can be compared yet";
        var burning = waiting.Count == 0
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $"; {string.Join(", ", waiting.Take(10).Select(k => $"'{k}'"))}{(waiting.Count > 10 ? ", …" : string.Empty)} kept an even share (fewer than {bandit.BurnIn} participants, or no probability yet)");
        return $"{lead}{burning}.";
    }

    private static MetricPrior? Prior(Experiment experiment) => experiment.LastPut.Scoring.PriorOf(experiment.LastPut.Primary.Id);
}
