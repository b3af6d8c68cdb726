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
        Totals = [.. participant.Totals.Select((total, slot) => KeyValuePair.Create(
            experiment.Metrics[slot].Id, experiment.Metrics[slot].Kind == MetricKind.Conversion ? total.Conversions : total.Total))],
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
            [.. cell.Metrics.Select((gain, slot) => new HistoryMetric(experiment.Metrics[slot].Id, gain.Converted, gain.Conversions, gain.Total))]))]);
}
