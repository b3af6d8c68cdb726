using Bandstand.Participants;
using Bandstand.Statistics.FixedHorizon;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Experiments;

/// <summary>From the merged statistics of the shards to what scores and policies work on. Thread-safe.</summary>
public static class ExperimentArms
{
    /// <summary>The alternatives of the definition, in its order, by one metric.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <param name="metric">The metric's id, one that is counted.</param>
    /// <exception cref="ArgumentException">The experiment does not count this metric.</exception>
    public static IReadOnlyList<ArmData> Of(Experiment experiment, ExperimentStatistics statistics, string metric)
        => Of(experiment, statistics, metric, byEpoch: true);

    /// <summary>The same by the primary metric, which allocation, completion and outcome use.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    public static IReadOnlyList<ArmData> OfPrimary(Experiment experiment, ExperimentStatistics statistics)
        => Of(experiment, statistics, experiment.LastPut.Primary.Id);

    /// <summary>Totals by the primary metric alone, without the figures by epoch and the expected shares, which cost more the more epochs there were.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="statistics">Its merged statistics.</param>
    internal static IReadOnlyList<ArmData> TotalsOfPrimary(Experiment experiment, ExperimentStatistics statistics)
        => Of(experiment, statistics, experiment.LastPut.Primary.Id, byEpoch: false);

    /// <summary>What some participants did by a metric; if it has a window, those whose windows are closed.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="alternatives">The participants, such as those of an epoch.</param>
    /// <param name="slot">Their alternative.</param>
    /// <param name="metricSlot">The slot of the metric.</param>
    internal static (long Participants, MetricStatistics Figures) Judged(
        Experiment experiment, IReadOnlyList<AlternativeStatistics> alternatives, int slot, int metricSlot)
    {
        var metric = experiment.Metrics[metricSlot];
        var everybody = FiguresOf(alternatives, slot, metricSlot, metric);
        var people = metric.Rule?.Window is null ? everybody : Closed(everybody);
        return (people.Participants, people.Figures);
    }

    private static IReadOnlyList<ArmData> Of(Experiment experiment, ExperimentStatistics statistics, string metric, bool byEpoch)
    {
        var metricSlot = experiment.MetricSlotOf(metric);
        if (metricSlot < 0)
        {
            throw new ArgumentException($"The experiment does not count the metric '{metric}'.", nameof(metric));
        }

        var slots = experiment.LastPut.Alternatives.Select(a => experiment.SlotOf(a.Key)).ToList();
        var metricInSlot = experiment.Metrics[metricSlot];
        var shares = byEpoch ? ExpectedShares(experiment, statistics, slots) : [.. slots.Select(_ => double.NaN)];
        var epochs = byEpoch ? ByEpoch(experiment, statistics, slots, metricSlot, everybody => everybody) : null;
        var closed = metricInSlot.Rule?.Window is null || !byEpoch ? null : ByEpoch(experiment, statistics, slots, metricSlot, Closed);
        return [.. slots.Select((slot, i) =>
        {
            var alternative = experiment.Alternatives[slot];
            var people = FiguresOf(statistics.Total, slot, metricSlot, metricInSlot);
            var arm = Arm(alternative, people, shares[i], experiment.IsOpen(slot), epochs?[i]);
            var isRatio = metricInSlot.Kind is MetricKind.Ratio or MetricKind.Retention;
            if (metricInSlot.Rule?.Window is not { } window)
            {
                return isRatio ? RatioArms.Of(arm, arm, hasWindow: false) : arm;
            }

            var mature = Closed(people);
            var judged = Arm(alternative, mature, shares[i], arm.IsOpen, closed?[i]) with
            {
                SoFar = new ArmSoFar(arm.Participants, arm.Converted, arm.Conversions, arm.Totals, arm.Epochs),
                Pending = mature.Participants == 0 && people.Participants > 0 ? Reasons.WindowsOpen(alternative.Key, people.Participants, window) : null,
            };
            return isRatio ? RatioArms.Of(judged, arm, hasWindow: true) : judged;
        })];
    }

    /// <summary>What a decision keeps of the figures it was made on.</summary>
    /// <param name="arms">The figures.</param>
    /// <param name="probabilities">By arm: the probability of being best, or null.</param>
    /// <param name="believed">By arm: what that was computed from where it was not the figures themselves, or null.</param>
    /// <param name="withSpread">Whether to keep how totals spread, which is what means are compared by.</param>
    internal static IReadOnlyList<DecisionFigure> Figures(
        IReadOnlyList<ArmData> arms, IReadOnlyList<double?>? probabilities = null, IReadOnlyList<BelievedFigure?>? believed = null, bool withSpread = false)
        => [.. arms.Select((arm, i) => new DecisionFigure(arm.Key, arm.Participants, arm.Converted, arm.Participants == 0 ? null : arm.Totals.Mean, probabilities?[i])
        {
            StdDev = withSpread ? arm.Totals.StandardDeviation : null,
            Believed = believed?[i],
        })];

    /// <summary>
    /// The share of participants that the weights made likely: each epoch's probabilities (among the alternatives asked for),
    /// weighted by how many were assigned in it. Even while nobody was.
    /// </summary>
    private static double[] ExpectedShares(Experiment experiment, ExperimentStatistics statistics, List<int> slots)
    {
        var expected = new double[slots.Count];
        foreach (var epoch in statistics.Epochs)
        {
            if (epoch.Epoch >= experiment.Epochs.Length)
            {
                return [.. expected.Select(_ => double.NaN)]; // A shard is ahead of this state.
            }

            var probabilities = experiment.Epochs[epoch.Epoch].Probabilities;
            var likely = slots.Select(slot => slot < probabilities.Length ? probabilities[slot] : 0).ToList();
            var sum = likely.Sum();
            var participants = (double)slots.Sum(slot => slot < epoch.Alternatives.Count ? epoch.Alternatives[slot].Participants : 0);
            for (var i = 0; i < expected.Length && sum > 0; i++)
            {
                expected[i] += participants * likely[i] / sum;
            }
        }

        var all = expected.Sum();
        return [.. expected.Select(share => all > 0 ? share / all : double.NaN)];
    }

    /// <summary>
    /// By alternative: what it saw under each set of weights, epochs of everybody that follow one another with the same weights as one. Null
    /// where a shard is ahead of this state, or while there is no epoch with participants.
    /// </summary>
    private static List<ArmEpoch>[]? ByEpoch(
        Experiment experiment, ExperimentStatistics statistics, List<int> slots, int metricSlot, Func<People, People> choose)
    {
        if (statistics.Epochs.Count == 0 || statistics.Epochs.Any(epoch => epoch.Epoch >= experiment.Epochs.Length))
        {
            return null;
        }

        List<(double Probability, People People)>[] arms = [.. slots.Select(_ => new List<(double, People)>())];
        List<WeightEpoch> origins = [];
        double[]? before = null;
        foreach (var epoch in statistics.Epochs)
        {
            var origin = experiment.Epochs[epoch.Epoch];
            var probabilities = origin.Probabilities;
            double[] now = [.. slots.Select(slot => slot < probabilities.Length ? probabilities[slot] : 0)];
            var sum = now.Sum();
            if (!(sum > 0))
            {
                continue; // Everybody of this epoch is in alternatives that are gone.
            }

            now = [.. now.Select(p => p / sum)];
            var goesOn = origin.Segment is null && before?.AsSpan().SequenceEqual(now) == true && origins[^1].Segment is null;
            if (!goesOn)
            {
                origins.Add(origin);
            }

            for (var i = 0; i < arms.Length; i++)
            {
                var people = choose(FiguresOf(epoch.Alternatives, slots[i], metricSlot, experiment.Metrics[metricSlot]));
                if (goesOn)
                {
                    arms[i][^1] = (now[i], arms[i][^1].People + people);
                }
                else
                {
                    arms[i].Add((now[i], people));
                }
            }

            before = now;
        }

        List<EpochOrigin> known = [.. origins.Select(e => new EpochOrigin(e.Number, e.Decision, e.Segment is null ? null : ExperimentViews.SegmentName(experiment, e.Segment)))];
        return arms[0].Count == 0 ? null : [.. arms.Select(epochs => epochs.Select((e, number) => Epoch(e.Probability, e.People) with { Origin = known[number] }).ToList())];
    }

    private static People FiguresOf(IReadOnlyList<AlternativeStatistics> total, int slot, int metricSlot, MetricSlot metric)
    {
        // Shards may not have heard of a new alternative or metric yet; then nobody did anything there.
        if (slot >= total.Count)
        {
            return default;
        }

        var alternative = total[slot];
        return metricSlot < alternative.Metrics.Count
            ? new People(alternative.Participants, alternative.Metrics[metricSlot])
            : new People(alternative.Participants, MetricStatistics.Nothing(metric, alternative.Participants));
    }

    private static ArmData Arm(AlternativeSlot alternative, People people, double share, bool isOpen, IReadOnlyList<ArmEpoch>? epochs) => new(
        alternative.Key, alternative.Value, people.Participants, people.Figures.Converted, people.Figures.Conversions, people.Figures.Moments, share, isOpen, epochs)
    {
        Covariate = Covariate(people.Figures),
    };

    private static ArmEpoch Epoch(double probability, People people) => new(probability, people.Participants, people.Figures.Converted, people.Figures.Moments)
    {
        Covariate = Covariate(people.Figures),
    };

    private static CovariateSample? Covariate(MetricStatistics figures) => figures.Pair is { } pair ? new CovariateSample(pair.Joint, pair.Rest) : null;

    /// <summary>Of some participants those whose windows are closed.</summary>
    private static People Closed(People people) => people.Figures.Mature is { } mature ? new People(mature.Participants, mature.Figures) : default;

    /// <summary>Some participants and what they did.</summary>
    private readonly record struct People(long Participants, MetricStatistics Figures)
    {
        public static People operator +(People left, People right) => new(left.Participants + right.Participants, left.Figures + right.Figures);
    }
}
