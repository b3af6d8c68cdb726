using Bandstand.Participants;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Experiments;

/// <summary>
/// Guardrails: each guarded metric of each alternative is an e-process against "it is not worse than the control by more than the
/// margin". Pure and thread-safe.
/// </summary>
/// <remarks>
/// Conversions: <see cref="HarmLabels"/>, exact. With a margin, a difference of rates, the ratio at its edge depends on the control's rate; a tenth of
/// alpha pays for lower limits of the two rates that hold at every look, and the ratio that is kindest to the alternative is taken. Counts and values:
/// <see cref="HarmSequence"/>, asymptotic. Alpha is shared evenly (Bonferroni) by all alternatives but the control, those removed or dropped included,
/// so that the guardrail as a whole errs with a probability of at most alpha.
/// </remarks>
public static class ExperimentGuards
{
    private const double ForLimits = 0.1;

    /// <summary>Whether there is anything to watch: it runs, and some guardrail has not acted yet.</summary>
    /// <param name="experiment">The state.</param>
    public static bool Watches(Experiment experiment)
        => experiment.Status == ExperimentStatus.Running && Guarded(experiment).Any(metric => Watched(experiment).Any(key => TripOf(experiment, metric, key) is null));

    /// <summary>By metric slot: whether events of it may trip a guardrail. Null when there is nothing to watch.</summary>
    /// <param name="experiment">The state.</param>
    public static IReadOnlyList<bool>? Slots(Experiment experiment)
        => Watches(experiment) ? [.. experiment.Metrics.Select(slot => slot.Active && Guarded(experiment).Any(metric => metric.Id == slot.Id))] : null;

    /// <summary>What every guardrail says of every alternative but the control, in definition order.</summary>
    /// <param name="experiment">The state.</param>
    /// <param name="statistics">Its merged statistics.</param>
    public static IReadOnlyList<GuardReading> Read(Experiment experiment, ExperimentStatistics statistics)
        => [.. from metric in Guarded(experiment) from key in Others(experiment) select Read(experiment, statistics, metric, key)];

    /// <summary>
    /// How many further events of guarded metrics may count at least before a guardrail can trip, as long as the weights stay: a host looks
    /// again when so many have counted, and misses nothing. At least 1; the largest number when nothing is watched.
    /// </summary>
    /// <param name="experiment">The state.</param>
    /// <param name="statistics">Its merged statistics.</param>
    public static long EventsUntil(Experiment experiment, ExperimentStatistics statistics)
        => !Watches(experiment)
            ? long.MaxValue
            : Read(experiment, statistics)
                .Where(reading => reading.Trip is null && experiment.IsOpen(experiment.SlotOf(reading.Alternative)))
                .Select(reading => Math.Max(1, reading.EventsUntil))
                .DefaultIfEmpty(long.MaxValue)
                .Min();

    private static IEnumerable<MetricDefinition> Guarded(Experiment experiment) => experiment.LastPut.Metrics.Where(metric => metric.Guardrail is not null);

    private static IEnumerable<string> Others(Experiment experiment)
        => experiment.LastPut.Alternatives.Select(a => a.Key).Where(key => key != experiment.LastPut.Control);

    private static IEnumerable<string> Watched(Experiment experiment) => Others(experiment).Where(key => experiment.IsOpen(experiment.SlotOf(key)));

    private static GuardTrip? TripOf(Experiment experiment, MetricDefinition metric, string alternative)
        => experiment.Trips.FirstOrDefault(trip => trip.Metric == metric.Id && trip.Alternative == alternative);

    private static GuardReading Read(Experiment experiment, ExperimentStatistics statistics, MetricDefinition metric, string alternative)
    {
        var alpha = metric.Guardrail!.Alpha / Math.Max(1, experiment.Alternatives.Length - 1);
        var (arm, control) = (experiment.SlotOf(alternative), experiment.SlotOf(experiment.LastPut.Control));
        var slot = experiment.MetricSlotOf(metric.Id);
        var reading = new GuardReading
        {
            Metric = metric,
            Alternative = alternative,
            Needed = 1 / alpha,
            Guarantee = metric.Kind == MetricKind.Conversion ? GuardReading.Exact : GuardReading.Asymptotic,
            Trip = TripOf(experiment, metric, alternative),
            EventsUntil = 1,
        };
        return metric.Kind == MetricKind.Conversion
            ? Conversions(reading, experiment, statistics, arm, control, slot, alpha)
            : Values(reading, statistics, arm, control, slot);
    }

    private static GuardReading Conversions(
        GuardReading reading, Experiment experiment, ExperimentStatistics statistics, int arm, int control, int slot, double alpha)
    {
        var (n, x) = Counts(statistics.Total, arm, slot);
        var (controls, y) = Counts(statistics.Total, control, slot);
        var sign = ScoreRequest.SignOf(reading.Metric.Goal);
        var margin = reading.Guardrail.Margin;
        reading = reading with { Harm = n > 0 && controls > 0 ? sign * (((double)y / controls) - ((double)x / n)) : null };
        var edge = 1.0;
        if (margin > 0)
        {
            reading = reading with { Needed = 1 / (alpha * (1 - ForLimits)) };
            edge = Edge(sign, margin, LowerRate.Of(n, x, alpha * ForLimits / 2), LowerRate.Of(controls, y, alpha * ForLimits / 2));
            if (!(edge > 0) || double.IsInfinity(edge))
            {
                return reading with { EValue = 0 }; // Any ratio would be within the margin.
            }
        }

        var strata = Strata(experiment, statistics, arm, control, slot);
        return reading with
        {
            EValue = HarmLabels.Evidence(strata, -sign, edge).EValue,
            EventsUntil = margin > 0 ? 1 : HarmLabels.ConvertersUntil(strata, -sign, 1, reading.Needed),
        };
    }

    /// <summary>The ratio of the alternative's rate to the control's that is still no harm, at the least rate the control may have.</summary>
    private static double Edge(int sign, double margin, double arm, double control)
        => sign > 0 ? 1 - (margin / control) : 1 + (margin / Math.Max(control, arm - margin));

    /// <summary>Converters of each epoch with the probability of the alternative among the two, epochs of one probability as one.</summary>
    private static List<LabelStratum> Strata(Experiment experiment, ExperimentStatistics statistics, int arm, int control, int slot)
    {
        var strata = new List<LabelStratum>();
        foreach (var epoch in statistics.Epochs)
        {
            // Of an epoch that only a shard has heard of nothing is known yet; the next look has it.
            if (epoch.Epoch < experiment.Epochs.Length)
            {
                Add(experiment.Epochs[epoch.Epoch], Counts(epoch.Alternatives, arm, slot).Converted, Counts(epoch.Alternatives, control, slot).Converted);
            }
        }

        Add(experiment.Epoch, 0, 0); // Nobody may have come in it yet, but its probability says what one converter can change.
        return strata;

        void Add(WeightEpoch epoch, long inside, long outside)
        {
            var probabilities = epoch.Probabilities;
            if (arm >= probabilities.Length || control >= probabilities.Length || !(probabilities[arm] > 0) || !(probabilities[control] > 0))
            {
                return;
            }

            var probability = probabilities[arm] / (probabilities[arm] + probabilities[control]);
            if (strata.Count > 0 && strata[^1].Probability == probability)
            {
                strata[^1] = strata[^1] with { Inside = strata[^1].Inside + inside, Outside = strata[^1].Outside + outside };
            }
            else
            {
                strata.Add(new LabelStratum(probability, inside, outside));
            }
        }
    }

    private static GuardReading Values(GuardReading reading, ExperimentStatistics statistics, int arm, int control, int slot)
    {
        var strata = new List<HarmStratum>(statistics.Epochs.Count);
        foreach (var epoch in statistics.Epochs)
        {
            if (slot < epoch.Alternatives[control].Metrics.Count && arm < epoch.Alternatives.Count)
            {
                var (one, two) = (epoch.Alternatives[arm].Metrics[slot], epoch.Alternatives[control].Metrics[slot]);
                strata.Add(new HarmStratum(one.Moments, two.Moments, one.Converted + two.Converted));
            }
        }

        var read = HarmSequence.Of(strata, ScoreRequest.SignOf(reading.Metric.Goal), reading.Guardrail.Margin);
        return reading with
        {
            Harm = read?.Harm,
            EValue = read?.Evidence.EValue,
            EventsUntil = HarmSequence.EventsUntil(strata.Sum(s => s.Events)),
        };
    }

    private static (long Participants, long Converted) Counts(IReadOnlyList<AlternativeStatistics> alternatives, int arm, int slot)
        => arm >= alternatives.Count ? (0, 0)
            : (alternatives[arm].Participants, slot < alternatives[arm].Metrics.Count ? alternatives[arm].Metrics[slot].Converted : 0);
}
