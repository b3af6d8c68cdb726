using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Statistics;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Allocation;

/// <summary>An outcome and why it is it.</summary>
/// <param name="Key">The alternative's key.</param>
/// <param name="Reason">Why, naming figures.</param>
public sealed record ChosenOutcome(string Key, string Reason);

/// <summary>
/// Who wins at completion: <c>best</c>, <c>least</c> or <c>significant-else-default</c>, among the open alternatives that have
/// participants, by the mean of the primary metric after the handicap. Nothing to choose by: the default. Thread-safe.
/// </summary>
public static class OutcomeRule
{
    /// <summary>The outcome by the definition's rule.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="arms">Its alternatives by the primary metric.</param>
    public static ChosenOutcome Choose(Experiment experiment, IReadOnlyList<ArmData> arms)
    {
        var definition = experiment.LastPut;
        var sign = ScoreRequest.SignOf(definition.Primary.Goal);
        List<ArmData> judged = [.. arms.Select(a => Handicapped(definition, a))];
        var adjusted = AdaptiveFigures.Means(judged, MetricKind.Value); // Where weights changed, means over all mix periods.
        var candidates = judged.Select((arm, i) => (Arm: arm, Mean: adjusted?[i] ?? arm.Totals.Mean))
            .Where(c => c.Arm.IsOpen && c.Arm.Participants > 0)
            .Select(c => (c.Arm.Key, c.Mean))
            .ToList();
        if (candidates.Count == 0)
        {
            if (arms.FirstOrDefault(a => a.IsOpen && a.Pending is not null).Pending is { } pending)
            {
                return new(definition.Default, $"{pending.Detail} So the default '{definition.Default}' is the outcome.");
            }

            return new(definition.Default, $"Nobody has participated in an open alternative, so the default '{definition.Default}' is the outcome.");
        }

        if (definition.Outcome.Rule == "least")
        {
            var measured = candidates.Where(c => c.Mean != 0).ToList();
            return measured.Count == 0
                ? new(definition.Default, $"No alternative has converted, so the default '{definition.Default}' is the outcome.")
                : Named(definition, Extreme(definition, measured, -sign), "the least", adjusted is not null);
        }

        var best = Extreme(definition, candidates, sign);
        if (definition.Outcome.Rule == "best")
        {
            return Named(definition, best, "the best", adjusted is not null);
        }

        var confidence = definition.Scoring.Confidence;
        var method = DecisionScore.Method(definition);
        return DecisionScore.Choice(experiment, arms, confidence) is { } choice
            ? new(choice, string.Create(CultureInfo.InvariantCulture, $"'{choice}' is the best with a confidence of at least {100 * confidence:0.##} % ({method.Name()})."))
            : new(definition.Default, string.Create(CultureInfo.InvariantCulture, $"No alternative is the best with a confidence of {100 * confidence:0.##} % ({method.Name()}), so the default '{definition.Default}' is the outcome."));
    }

    /// <summary>An alternative after the handicap, as totals of a value metric: divided where more is better, multiplied where less is.</summary>
    internal static ArmData Handicapped(ExperimentDefinition definition, ArmData arm)
    {
        var isConversion = definition.Primary.Kind == MetricKind.Conversion;
        var factor = definition.Outcome.Handicap is { } handicap && handicap.TryGetValue(arm.Key, out var given) ? given : 1;
        var scale = definition.Primary.Goal == MetricGoal.Decrease ? factor : 1 / factor;
        return arm with
        {
            Totals = Scaled(arm.Participants, arm.Converted, arm.Totals),
            Epochs = arm.Epochs is null ? null : [.. arm.Epochs.Select(e => e with { Totals = Scaled(e.Participants, e.Converted, e.Totals) })],
        };

        Moments Scaled(long participants, long converted, Moments totals) =>
            (isConversion ? Moments.FromConversions(participants, converted) : totals).Scale(scale);
    }

    /// <summary>The greatest mean times the sign; of equals the default, else the first in definition order.</summary>
    private static (string Key, double Mean) Extreme(ExperimentDefinition definition, List<(string Key, double Mean)> candidates, int sign)
    {
        var greatest = candidates.Max(c => sign * c.Mean);
        var equal = candidates.Where(c => sign * c.Mean == greatest).ToList();
        return equal.Any(c => c.Key == definition.Default) ? equal.First(c => c.Key == definition.Default) : equal[0];
    }

    private static ChosenOutcome Named(ExperimentDefinition definition, (string Key, double Mean) chosen, string what, bool isAdjusted)
    {
        var epochs = isAdjusted ? ", as if every epoch had been spread alike" : string.Empty;
        var handicap = definition.Outcome.Handicap is null ? string.Empty : " after the handicap";
        return new(chosen.Key, string.Create(CultureInfo.InvariantCulture, $"'{chosen.Key}' is {what} by '{definition.Primary.Id}': {chosen.Mean:0.######}{(definition.Primary.Kind is MetricKind.Ratio or MetricKind.Retention ? string.Empty : " per participant")}{epochs}{handicap}."));
    }
}
