using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>What an experiment recorded of one metric, epoch by epoch. Immutable.</summary>
/// <param name="Definition">Its alternatives and that metric, the primary one here.</param>
/// <param name="Epochs">By epoch and alternative, in definition order: the logged probability and what was seen.</param>
public sealed record RecordedExperiment(ExperimentDefinition Definition, IReadOnlyList<IReadOnlyList<ArmEpoch>> Epochs)
{
    /// <summary>The same as the estimators take it.</summary>
    public IReadOnlyList<LoggedEpoch> Logged =>
    [
        .. Epochs.Select(epoch => new LoggedEpoch([.. epoch.Select(arm => arm.Probability)], [.. epoch.Select(TotalsOf)])
        {
            Sides = IsRatio ? [.. epoch.Select(arm => arm.Sides?.Joint ?? default)] : null,
        }),
    ];

    /// <summary>Whether the metric is a ratio of two totals, as ratios and retention are.</summary>
    public bool IsRatio => Definition.Primary.Kind is MetricKind.Ratio or MetricKind.Retention;

    /// <summary>
    /// The epochs by the decision that began them, in order: those of one decision are at the same time, one for every segment that had weights of its
    /// own and one for everybody else.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> Periods
    {
        get
        {
            var periods = new List<List<int>>();
            for (var e = 0; e < Epochs.Count; e++)
            {
                if (e == 0 || Epochs[e][0].Origin is not { } origin || origin.Decision != Epochs[e - 1][0].Origin?.Decision)
                {
                    periods.Add([]);
                }

                periods[^1].Add(e);
            }

            return periods;
        }
    }

    /// <summary>The totals of an alternative's participants in one epoch; of a ratio those above the line.</summary>
    /// <param name="arm">The alternative.</param>
    internal Moments TotalsOf(ArmEpoch arm) => arm.Sides is { } sides ? sides.Joint.Y : PairEpochs.Totals(arm, Definition.Primary.Kind);
}
