using Bandstand.Participants;

namespace Bandstand.Experiments;

/// <summary>From a shard's indexes to what callers see of participants and history. Thread-safe.</summary>
public static class ParticipationViews
{
    /// <summary>What is held about one identity.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="participant">What its shard holds.</param>
    public static Participation Of(Experiment experiment, ShardParticipant participant) => new()
    {
        Experiment = experiment.Id,
        Alternative = participant.Alternative < 0 ? null : experiment.Alternatives[participant.Alternative].Key,
        Epoch = participant.Epoch < 0 ? null : participant.Epoch,
        AssignedAt = participant.Alternative < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(participant.AssignedAtMs),
        Forced = participant.Forced < 0 ? null : experiment.Alternatives[participant.Forced].Key,
        Held = participant.Held,
        Covariates = [.. RowLayout.CovariatesOf(experiment.Metrics).Zip(participant.Known)
            .Where(pair => pair.Second is not null)
            .Select(pair => KeyValuePair.Create(pair.First, pair.Second!.Value))],
        Totals = [.. participant.Totals.SelectMany((total, slot) => Totals(experiment.Metrics[slot], total))],
        Segments = [.. (participant.Segments ?? []).Select((value, slot) => (Slot: experiment.Segments[slot], Value: value))
            .Where(segment => segment.Slot.Active && segment.Value is not null)
            .Select(segment => KeyValuePair.Create(segment.Slot.Attribute, segment.Value!))],
    };

    /// <summary>A history by hours or days.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="history">Its merged history.</param>
    /// <param name="unit">Hours or days.</param>
    public static HistoryView Of(Experiment experiment, ShardHistory history, HistoryUnit unit) => new(
        experiment.Id,
        unit,
        [.. (unit == HistoryUnit.Hour ? history.Hours : history.Days).Select(cell => new HistoryPoint(
            DateTimeOffset.FromUnixTimeMilliseconds(cell.FromMs),
            experiment.Alternatives[cell.Alternative].Key,
            cell.Participants,
            [.. cell.Metrics.Select((gain, slot) => (Metric: experiment.Metrics[slot], Gain: gain))
                .Where(m => m.Metric.Kind != MetricKind.Event)
                .Select(m => new HistoryMetric(m.Metric.Id, m.Gain.Converted, m.Gain.Conversions, m.Gain.Total))]))]);

    private static IEnumerable<KeyValuePair<string, double>> Totals(MetricSlot metric, ParticipantTotal total)
    {
        if (metric.Kind == MetricKind.Event)
        {
            yield break;
        }

        yield return KeyValuePair.Create(metric.Id, metric.Kind == MetricKind.Conversion ? total.Conversions : total.Total);
        if (metric.Kind is MetricKind.Ratio or MetricKind.Retention)
        {
            yield return KeyValuePair.Create(metric.Id + ".denominator", total.Denominator);
        }
    }
}
