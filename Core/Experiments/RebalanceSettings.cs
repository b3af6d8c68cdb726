using Bandstand.Statistics.Bayes;

namespace Bandstand.Experiments;

/// <summary>What a bandit was told when it decided: with the figures of the decision they give its weights again. Immutable.</summary>
/// <param name="Definition">The number of the decision by which they were defined: the creation, the reset or the last change of the definition.</param>
/// <param name="Metric">The metric it was decided by.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Goal">Its goal.</param>
/// <param name="Algorithm">As <see cref="BanditAllocation"/> has it.</param>
/// <param name="Floor">The least probability of an open alternative.</param>
/// <param name="BurnIn">Participants that an alternative needed before its figures steered.</param>
/// <param name="Discount">How much figures counted after each rebalance interval.</param>
/// <param name="By">The attribute whose values had weights of their own, or null.</param>
/// <param name="Prior">What was known of the metric before, or null: nothing.</param>
public sealed record RebalanceSettings(
    long Definition, string Metric, MetricKind Kind, MetricGoal Goal, string Algorithm, double Floor, long BurnIn, double Discount, string? By, MetricPrior? Prior)
{
    /// <summary>Those in force.</summary>
    /// <param name="experiment">The experiment, whose policy is a bandit.</param>
    internal static RebalanceSettings Of(Experiment experiment)
    {
        var (metric, bandit) = (experiment.LastPut.Primary, (BanditAllocation)experiment.LastPut.Allocation);
        var last = experiment.Decisions.Length - 1;
        while (experiment.Decisions[last] is { Settings: null, Kind: not ("created" or "defined" or "reset") })
        {
            last--;
        }

        var before = experiment.Decisions[last];
        var settings = new RebalanceSettings(
            before.Settings?.Definition ?? before.Number, metric.Id, metric.Kind, metric.Goal, bandit.Algorithm, bandit.Floor, bandit.BurnIn, bandit.Discount, bandit.By, experiment.LastPut.Scoring.PriorOf(metric.Id));
        return settings == before.Settings ? before.Settings : settings;
    }
}
