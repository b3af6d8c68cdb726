using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Statistics;
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
/// <para>Burn-in: an alternative with fewer participants than that, or whose probability cannot be computed yet, keeps its weight, but no more
/// than an even share (1 / open alternatives), rather than the large one that ignorance would give it; the others share the rest by
/// their probabilities among themselves. While nobody can be judged weights stay. The floor is kept by water-filling: nobody ends below it, and it is taken from the others in
/// their proportions. Closed alternatives get nothing.</para>
/// <para>Once weights have changed, alternatives are compared within epochs, where they met the same days and their participants are of the
/// same age; see <see cref="BanditBelief"/>. With a <c>discount</c> under 1 figures fade with every rebalance interval that passed since
/// their epoch ended. Thread-safe.</para>
/// </remarks>
public static class ThompsonPolicy
{
    /// <summary>The weights for the next epoch.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <param name="bandit">Algorithm, floor and burn-in.</param>
    public static ChosenWeights Weights(Experiment experiment, ExperimentStatistics statistics, BanditAllocation bandit)
    {
        var arms = ExperimentArms.TotalsOfPrimary(experiment, statistics);
        return Weights(experiment, arms, arms, bandit, null, known => Belief(experiment, statistics, bandit, arms, known));
    }

    /// <summary>The same of figures that are not simply those of everybody.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="arms">The alternatives as they are believed in.</param>
    /// <param name="shown">The same as they were counted, for the burn-in and the decision.</param>
    /// <param name="bandit">Algorithm, floor and burn-in.</param>
    /// <param name="note">What a person should know of the figures, or null.</param>
    /// <param name="believe">What is believed of those that can be judged, where it is not what the figures say.</param>
    internal static ChosenWeights Weights(
        Experiment experiment, IReadOnlyList<ArmData> arms, IReadOnlyList<ArmData> shown, BanditAllocation bandit, string? note, Func<List<int>, BanditBelief?>? believe = null)
    {
        var metric = experiment.LastPut.Primary;
        var judged = new BestProbabilities(arms, i => arms[i].IsOpen && shown[i].Participants >= bandit.BurnIn, metric, Prior(experiment));
        var known = judged.Members;
        var topTwo = bandit.Algorithm == BanditAllocation.TopTwo;
        var belief = believe?.Invoke(known);
        var probabilities = belief?.Best ?? (known.Count > 0 ? judged.Best() : []);
        var wanted = belief?.Shares ?? (topTwo && known.Count > 0 ? judged.TopTwo() : probabilities);
        var (best, matched, believed) = (new double?[arms.Count], new double[arms.Count], new BelievedFigure?[arms.Count]);
        for (var k = 0; k < known.Count; k++)
        {
            var i = known[k];
            (best[i], matched[i]) = (probabilities[k], wanted[k]);
            believed[i] = belief?.Figures[k] ?? (ReferenceEquals(arms, shown) ? null : Shown(arms[i], metric.Kind));
        }

        // Who waits keeps what it has; only the others make room for each other's floor.
        var open = arms.Count(a => a.IsOpen);
        var least = WholeWeights.Least(bandit.Floor, open);
        var even = (double)WholeWeights.Sum / open;
        var waiting = arms.Where((a, i) => a.IsOpen && best[i] is null).ToList();
        var held = arms.Select((arm, i) => arm.IsOpen && best[i] is null ? Math.Clamp(experiment.Epoch.Weights[experiment.SlotOf(arm.Key)], least, known.Count == 0 ? WholeWeights.Sum : even) : 0).ToArray();
        var room = WholeWeights.Sum - held.Sum();
        var shares = WholeWeights.Fill(matched, known, least, room);
        var lifted = known.Where(i => matched[i] * room < least).Select(i => arms[i].Key).ToList();
        var weights = new double[experiment.Alternatives.Length];
        for (var i = 0; i < arms.Count; i++)
        {
            weights[experiment.SlotOf(arms[i].Key)] = best[i] is null ? held[i] : shares[i];
        }

        return new(
            WholeWeights.Of(weights, [.. Enumerable.Range(0, weights.Length).Select(experiment.IsOpen)], least),
            Explain(metric.Id, shown, best, [.. waiting.Select(a => a.Key)], bandit, Shared(topTwo, lifted, least) + (belief is null ? note : Note(bandit))),
            ExperimentArms.Figures(shown, best, believed, withSpread: metric.Kind != MetricKind.Conversion));
    }

    private static BelievedFigure Shown(ArmData arm, MetricKind kind) => kind == MetricKind.Conversion
        ? new BelievedFigure(arm.Participants, arm.Converted / (double)arm.Participants)
        : new BelievedFigure(arm.Participants, arm.Totals.Mean) { StdDev = arm.Totals.StandardDeviation, DegreesOfFreedom = arm.Totals.Count - 1 };

    private static string Note(BanditAllocation bandit) => "; epochs are compared apart" + (bandit.Discount == 1
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $", and figures count {bandit.Discount} times as much with every interval that passes"));

    /// <summary>What is believed where epochs differ, or null: there is but one, or too little is left of an alternative.</summary>
    private static BanditBelief? Belief(
        Experiment experiment, ExperimentStatistics statistics, BanditAllocation bandit, IReadOnlyList<ArmData> arms, List<int> known)
        => known.Count > 0 && BanditEpochs.Of(experiment, statistics, bandit, [.. known.Select(i => experiment.SlotOf(arms[i].Key))]) is { } epochs
            ? BanditBelief.Of(epochs, experiment.LastPut.Primary, bandit.Algorithm == BanditAllocation.TopTwo, Prior(experiment))
            : null;

    private static string Explain(string metric, IReadOnlyList<ArmData> arms, double?[] best, List<string> waiting, BanditAllocation bandit, string? note)
    {
        var leader = Enumerable.Range(0, arms.Count).OrderByDescending(i => best[i] ?? -1).First();
        var lead = best[leader] is { } probability
            ? string.Create(CultureInfo.InvariantCulture, $"'{arms[leader].Key}' is the best by '{metric}' with a probability of {ProbabilityText.Of(probability)} ({arms[leader].Converted} of {arms[leader].Participants} converted, mean {arms[leader].Totals.Mean:0.######})")
            : "nobody can be compared yet";
        var burning = waiting.Count == 0
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $"; {Named(waiting)} kept {(waiting.Count == 1 ? "its weight" : "their weights")}, at most an even share (fewer than {bandit.BurnIn} participants, or no probability yet)");
        return $"{lead}{note}{burning}.";
    }

    /// <summary>Why a weight is not the probability of being the best.</summary>
    private static string Shared(bool topTwo, List<string> lifted, int least)
        => (topTwo ? "; half of the weight goes to who would be the best without the best" : string.Empty)
            + (lifted.Count == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"; {Named(lifted)} kept the least weight of {100.0 * least / WholeWeights.Sum:0.##} %"));

    private static string Named(List<string> keys) => string.Join(", ", keys.Take(10).Select(key => $"'{key}'")) + (keys.Count > 10 ? ", …" : string.Empty);

    private static MetricPrior? Prior(Experiment experiment) => experiment.LastPut.Scoring.PriorOf(experiment.LastPut.Primary.Id);
}
