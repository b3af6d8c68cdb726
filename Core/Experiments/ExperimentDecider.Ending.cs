using Bandstand.Allocation;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>Completion by hand and by itself.</summary>
public static partial class ExperimentDecider
{
    private static Answer<IReadOnlyList<ExperimentEvent>> Complete(Experiment experiment, string? outcome, DecisionInputs inputs)
    {
        if (outcome is not null && experiment.SlotOf(outcome) < 0)
        {
            return ExperimentRefusals.UnknownAlternative(experiment, outcome, "$.outcome");
        }

        switch (experiment.Status)
        {
            case ExperimentStatus.Draft:
                return ExperimentRefusals.Draft("completed");
            case ExperimentStatus.Completed:
                var present = experiment.Alternatives[experiment.Outcome!.Value].Key;
                return outcome is null || outcome == present
                    ? Nothing()
                    : ExperimentRefusals.Conflict(ExperimentCodes.IsCompleted, $"The experiment is completed with the outcome '{present}', which stands. Reset it to begin again.");
            default:
                return Ended(experiment, inputs, outcome, "Completed by hand.");
        }
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Review(Experiment experiment, ExperimentCommand.Review review, DecisionInputs inputs)
    {
        var decided = Decided(experiment, review, inputs);
        return decided.IsRefused || !ExperimentSchedule.IsPassed(experiment, review, inputs) || decided.Value.Any(happened => happened is ExperimentEvent.Completed)
            ? decided
            : Answer.Of<IReadOnlyList<ExperimentEvent>>([.. decided.Value, new ExperimentEvent.Reviewed(inputs.Now, inputs.Statistics!.Participants)]);
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Decided(Experiment experiment, ExperimentCommand.Review review, DecisionInputs inputs)
    {
        if (experiment.Status != ExperimentStatus.Running)
        {
            return Nothing(); // A disabled experiment is left alone until somebody enables it.
        }

        if (Guarded(experiment, inputs) is { Value.Count: > 0 } guarded)
        {
            return guarded; // Nothing is completed or moved on figures that just proved harmful; the next review does.
        }

        if (CompletionCheck.WhyComplete(experiment, inputs) is { } why)
        {
            return Ended(experiment, inputs, null, why);
        }

        return ExperimentSchedule.RebalanceIsDue(experiment, review, inputs)
            ? Rebalanced(experiment, inputs, ExperimentSchedule.Occasion(experiment, inputs))
            : Nothing();
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Ended(Experiment experiment, DecisionInputs inputs, string? outcome, string why)
    {
        var arms = ExperimentArms.OfPrimary(experiment, inputs.Statistics!);
        var chosen = outcome is null ? OutcomeRule.Choose(experiment, arms) : new ChosenOutcome(outcome, $"'{outcome}' was named as the outcome.");
        return One(new ExperimentEvent.Completed(inputs.Now, $"{why} {chosen.Reason}", chosen.Key, ExperimentArms.Figures(arms)));
    }
}
