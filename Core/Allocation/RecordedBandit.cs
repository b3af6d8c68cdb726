using System.Collections.Immutable;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Allocation;

/// <summary>
/// A bandit run over the epochs of an experiment that was recorded: the production policy, which at the beginning of each period decides on what
/// the periods before recorded. It gives everybody the same weights, also where the experiment gave segments weights of their own.
/// </summary>
/// <remarks>
/// It learns from what was recorded, not from what it would have recorded itself: of an alternative that it would have preferred it learns no
/// faster than the experiment did. Pure.
/// </remarks>
internal static class RecordedBandit
{
    /// <summary>Its weights by epoch and alternative, each epoch's summing to 1.</summary>
    /// <param name="recorded">The experiment, its definition's allocation being the bandit.</param>
    public static IEnumerable<double[]> Play(RecordedExperiment recorded)
    {
        var (definition, at) = (recorded.Definition, DateTimeOffset.UnixEpoch);
        var bandit = (BanditAllocation)definition.Allocation;
        var put = ExperimentDecider.Decide(
            NoExperiment.Never, new ExperimentCommand.Put(definition), new DecisionInputs(at, default, new ExperimentStatistics([], [], [])));
        var experiment = (Experiment)ExperimentDecider.Apply(NoExperiment.Never, put.Value);
        var total = definition.Alternatives.Select(_ => default(MetricStatistics)).ToArray();
        var before = new List<EpochStatistics>();
        foreach (var period in recorded.Periods)
        {
            var began = experiment.Epoch with { Number = before.Count, Weights = Drawn(recorded, period) };
            began = began.WithProbabilities(definition.Assignment.Hash);
            var past = before.Count == 0 ? [] : experiment.Epochs;
            experiment = experiment with { Epochs = past.Add(began) };
            var known = new ExperimentStatistics(experiment.Metrics, Rows(total), [.. before]);

            // What it cannot judge yet gets an even share, whatever share the experiment gave it.
            var even = began with { Weights = [.. WholeWeights.Of([.. began.Weights.Select(w => w > 0 ? 1.0 : 0)])] };
            double[] weights = [.. ThompsonPolicy.Weights(experiment with { Epochs = past.Add(even) }, known, bandit).Weights.Select(w => (double)w / WholeWeights.Sum)];
            foreach (var _ in period)
            {
                yield return weights;
            }

            var seen = RecordedPeriod.Figures(recorded, period);
            before.Add(new EpochStatistics(before.Count, Rows(seen)));
            total = [.. total.Zip(seen, (sum, arm) => sum + arm)];
        }
    }

    /// <summary>What could be drawn by anybody; an alternative that nobody could get is closed.</summary>
    private static ImmutableArray<int> Drawn(RecordedExperiment recorded, IReadOnlyList<int> period) =>
        [.. WholeWeights.Of([.. Enumerable.Range(0, recorded.Definition.Alternatives.Count).Select(k => period.Max(e => recorded.Epochs[e][k].Probability))])];

    private static AlternativeStatistics[] Rows(IEnumerable<MetricStatistics> arms) => [.. arms.Select(arm => new AlternativeStatistics(arm.Moments.Count, [arm]))];
}
