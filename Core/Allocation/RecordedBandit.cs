using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Allocation;

/// <summary>
/// A bandit run over the epochs of an experiment that was recorded: the production policy, which at the beginning of each epoch decides on what
/// the epochs before recorded.
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
        for (var e = 0; e < recorded.Epochs.Count; e++)
        {
            var epoch = recorded.Epochs[e];
            var began = experiment.Epoch with
            {
                Number = e,
                Weights = [.. WholeWeights.Of([.. epoch.Select(arm => arm.Probability)])], // What could not be drawn is closed.
            };
            began = began.WithProbabilities(definition.Assignment.Hash);
            experiment = experiment with { Epochs = e == 0 ? [began] : experiment.Epochs.Add(began) };
            var known = new ExperimentStatistics(experiment.Metrics, Rows(total), [.. before]);
            yield return [.. ThompsonPolicy.Weights(experiment, known, bandit).Weights.Select(w => (double)w / WholeWeights.Sum)];

            MetricStatistics[] seen = [.. epoch.Select(arm => new MetricStatistics(arm.Converted, arm.Converted, recorded.TotalsOf(arm)))];
            before.Add(new EpochStatistics(e, Rows(seen)));
            total = [.. total.Zip(seen, (sum, arm) => sum + arm)];
        }
    }

    private static AlternativeStatistics[] Rows(IEnumerable<MetricStatistics> arms) => [.. arms.Select(arm => new AlternativeStatistics(arm.Moments.Count, [arm]))];
}
