using Bandstand.Experiments;

namespace Bandstand.Statistics.Scoring;

/// <summary>Refuses what no experiment can hold, before a formula makes a number of it.</summary>
internal static class ScoreGuard
{
    public static void Check(IReadOnlyList<ArmData> arms, ScoreRequest request)
    {
        Check(arms as ArmData[] ?? [.. arms], request.Sign, request.Kind);
        if (arms.Count == 0 || !arms.Any(arm => arm.Key == request.Control))
        {
            throw new ArgumentException($"The control '{request.Control}' must be one of the alternatives.", nameof(request));
        }

        var keys = new HashSet<string>(arms.Count, StringComparer.Ordinal);
        var epochs = arms[0].Epochs?.Count ?? 1;
        for (var i = 0; i < arms.Count; i++)
        {
            var arm = arms[i];
            if (!keys.Add(arm.Key))
            {
                throw new ArgumentException("The alternatives' keys must differ.", nameof(arms));
            }

            if ((arm.Epochs?.Count ?? 1) != epochs)
            {
                throw new ArgumentException("All alternatives must list the same epochs.", nameof(arms));
            }

            for (var e = 0; request.Kind != MetricKind.Conversion && arm.Epochs is not null && e < epochs; e++)
            {
                if (arm.Epochs[e].Totals.Count != arm.Epochs[e].Participants)
                {
                    throw new ArgumentException("Every epoch must have as many totals as participants; one without an event counts 0.", nameof(arms));
                }
            }
        }

        if (!(request.Confidence > 0.5 && request.Confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.Confidence, "The confidence must lie over 0.5 and under 1.");
        }

        if (request.Probability is { } percent && !(percent > 0 && percent < 100))
        {
            throw new ArgumentOutOfRangeException(nameof(request), percent, "The probability is a percentage over 0 and under 100.");
        }
    }

    public static void Check(ReadOnlySpan<ArmData> arms, int sign, MetricKind kind)
    {
        if (sign is not (1 or -1))
        {
            throw new ArgumentOutOfRangeException(nameof(sign), sign, "The sign must be +1 (more is better) or -1 (less is better).");
        }

        foreach (ref readonly var arm in arms)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(arm.Participants, arm.Key);
            ArgumentOutOfRangeException.ThrowIfNegative(arm.Converted, arm.Key);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(arm.Converted, arm.Participants, arm.Key);
            if (kind != MetricKind.Conversion && arm.Totals.Count != arm.Participants)
            {
                throw new ArgumentException(
                    $"Alternative '{arm.Key}' has {arm.Participants} participants but {arm.Totals.Count} totals; one without an event counts 0.", nameof(arms));
            }
        }
    }
}
