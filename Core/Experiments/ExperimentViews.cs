using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bandstand.Experiments;

/// <summary>What callers see of an experiment's state. Thread-safe.</summary>
public static class ExperimentViews
{
    /// <summary>The experiment.</summary>
    /// <param name="experiment">The state.</param>
    public static ExperimentView Of(Experiment experiment) => new()
    {
        Definition = experiment.Definition,
        Status = experiment.Status,
        Weights = Weights(experiment, experiment.Epoch.Weights),
        Epoch = experiment.Epoch.Number,
        Generation = experiment.Generation,
        CreatedAt = experiment.CreatedAt,
        StartedAt = experiment.StartedAt,
        CompletedAt = experiment.CompletedAt,
        Outcome = experiment.Outcome is { } slot ? experiment.Alternatives[slot].Key : null,
        Warnings = experiment.LastPut.Warnings,
        ETag = ETag(experiment),
    };

    /// <summary>An epoch.</summary>
    /// <param name="experiment">The state it belongs to.</param>
    /// <param name="epoch">The epoch.</param>
    public static Epoch Of(Experiment experiment, WeightEpoch epoch)
        => new(epoch.Number, epoch.From, Weights(experiment, epoch.Weights), epoch.Reason, epoch.Decision, epoch.Segment is null ? null : SegmentName(experiment, epoch.Segment));

    /// <summary>A segment as callers write it, <c>attribute:value</c>.</summary>
    internal static string SegmentName(Experiment experiment, EpochSegment segment) => $"{experiment.Segments[segment.Slot].Attribute}:{segment.Value}";

    /// <summary>A strong ETag (without quotes) of definition, status and generation.</summary>
    /// <param name="experiment">The state.</param>
    public static string ETag(Experiment experiment)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{experiment.Generation} {experiment.Status} {experiment.Outcome} {ExperimentDefinitionJson.Canonical(experiment.LastPut)}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
    }

    /// <summary>
    /// Weights by key: the definition's alternatives in its order, then removed ones that still had a weight, so that they always
    /// sum to 10 000.
    /// </summary>
    internal static IReadOnlyList<KeyValuePair<string, int>> Weights(Experiment experiment, IReadOnlyList<int> bySlot)
    {
        var defined = experiment.LastPut.Alternatives
            .Select(a => experiment.SlotOf(a.Key))
            .Where(slot => slot < bySlot.Count)
            .Select(slot => KeyValuePair.Create(experiment.Alternatives[slot].Key, bySlot[slot]));
        var removed = Enumerable.Range(0, bySlot.Count)
            .Where(slot => experiment.Alternatives[slot].Removed && bySlot[slot] > 0)
            .Select(slot => KeyValuePair.Create(experiment.Alternatives[slot].Key, bySlot[slot]));
        return [.. defined, .. removed];
    }
}
