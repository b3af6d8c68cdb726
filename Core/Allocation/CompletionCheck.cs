using System.Globalization;
using Bandstand.Experiments;

namespace Bandstand.Allocation;

/// <summary>Whether a running experiment ends by itself. Thread-safe.</summary>
public static class CompletionCheck
{
    /// <summary>
    /// Why it is complete, naming figures, or null: the deadline has passed, or everything else that <c>completeWhen</c> gives
    /// holds, of a primary metric with a window counting those whose windows are closed: participants in all, participants in every open
    /// alternative, the certainty that the best is the best, and how little going on may still gain.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="inputs">Time and statistics.</param>
    public static string? WhyComplete(Experiment experiment, DecisionInputs inputs)
    {
        if (experiment.Status != ExperimentStatus.Running || experiment.LastPut.CompleteWhen is not { } when)
        {
            return null;
        }

        if (inputs.Now >= experiment.StartedAt + when.Deadline)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The deadline of {IsoDuration.Format(when.Deadline!.Value)} after the start has passed.");
        }

        if (when is { Participants: null, PerAlternative: null, Probability: null, ValueRemaining: null })
        {
            return null;
        }

        var arms = ExperimentArms.OfPrimary(experiment, inputs.Statistics!);
        var held = new List<string>();
        if (when.Participants is { } participants)
        {
            var present = arms.Any(a => a.SoFar is not null) ? arms.Sum(a => a.Closed) : inputs.Statistics!.Participants;
            if (present < participants)
            {
                return null;
            }

            held.Add(string.Create(CultureInfo.InvariantCulture, $"{present} participants of {participants}"));
        }

        if (when.PerAlternative is { } perAlternative)
        {
            var fewest = arms.Where(a => a.IsOpen).Min(a => a.Closed);
            if (fewest < perAlternative)
            {
                return null;
            }

            held.Add(string.Create(CultureInfo.InvariantCulture, $"at least {fewest} of {perAlternative} in every open alternative"));
        }

        if (when.Probability is { } probability)
        {
            if (DecisionScore.Choice(experiment, arms, probability) is not { } best)
            {
                return null;
            }

            held.Add(string.Create(CultureInfo.InvariantCulture, $"'{best}' is the best with a probability of at least {100 * probability:0.##} %"));
        }

        if (when.ValueRemaining is { } most)
        {
            if (!DecisionScore.Remaining(experiment, arms).TryGet(out var remaining, out _) || remaining > most)
            {
                return null;
            }

            held.Add(string.Create(CultureInfo.InvariantCulture, $"with a probability of 95 % no alternative is better than the best by more than {100 * remaining:0.###} % of it, and {100 * most:0.###} % may remain"));
        }

        return $"All conditions for completion hold: {string.Join(", ", held)}.";
    }
}
