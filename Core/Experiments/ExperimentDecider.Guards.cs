using System.Globalization;
using Bandstand.Allocation;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>Guardrails: what happens when one is crossed.</summary>
public static partial class ExperimentDecider
{
    /// <summary>The gravest first: what follows is decided on the state that it leaves.</summary>
    private static readonly string[] BySeverity = [GuardrailDefinition.MoveToDefault, GuardrailDefinition.Disable, GuardrailDefinition.Drop];

    private static Answer<IReadOnlyList<ExperimentEvent>> Guarded(Experiment experiment, DecisionInputs inputs)
    {
        if (!ExperimentGuards.Watches(experiment))
        {
            return Nothing();
        }

        var crossed = ExperimentGuards.Read(experiment, inputs.Statistics!)
            .Where(reading => reading.IsCrossed)
            .OrderBy(reading => Array.IndexOf(BySeverity, reading.Guardrail.Action))
            .ToList();
        var events = new List<ExperimentEvent>();
        foreach (var reading in crossed)
        {
            // Once nobody is assigned any more, the others wait until somebody enables it. Several metrics may speak against one alternative.
            if (experiment.Status == ExperimentStatus.Running && experiment.IsOpen(experiment.SlotOf(reading.Alternative)))
            {
                var tripped = Tripped(experiment, reading, inputs);
                experiment = (Experiment)Evolve(experiment, tripped);
                events.Add(tripped);
            }
        }

        return events;
    }

    private static ExperimentEvent.GuardTripped Tripped(Experiment experiment, GuardReading reading, DecisionInputs inputs)
    {
        var (metric, guardrail) = (reading.Metric, reading.Guardrail);
        var weights = guardrail.Action == GuardrailDefinition.Drop && experiment.Epoch.Number < EpochLimits.LastEpoch ? Without(experiment, reading.Alternative) : null;
        var outcome = guardrail.Action == GuardrailDefinition.MoveToDefault ? experiment.LastPut.Default : null;
        var action = weights is not null ? GuardrailDefinition.Drop : outcome is not null ? GuardrailDefinition.MoveToDefault : GuardrailDefinition.Disable;
        var allowed = guardrail.Margin > 0 ? string.Create(CultureInfo.InvariantCulture, $" by more than {guardrail.Margin}") : string.Empty;
        var follows = action switch
        {
            GuardrailDefinition.Drop => $"'{reading.Alternative}' is dropped: it gets nobody any more, and its participants see the default",
            GuardrailDefinition.MoveToDefault => $"the experiment is completed and everybody gets the default '{outcome}'",
            _ when guardrail.Action == GuardrailDefinition.Drop => "the experiment is disabled, because no epoch is left in which the alternative could be dropped",
            _ => "the experiment is disabled",
        };
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"Guardrail '{metric.Id}': '{reading.Alternative}' is worse than the control '{experiment.LastPut.Control}'{allowed} (by {reading.Harm:0.######} per participant; e-value {reading.EValue:0.#} of {reading.Needed:0.#} needed), so {follows}.");
        return new ExperimentEvent.GuardTripped(
            inputs.Now,
            reason,
            new GuardTrip(metric.Id, reading.Alternative, action, guardrail.Margin, guardrail.Alpha, reading.Harm!.Value, reading.EValue!.Value, reading.Needed),
            weights is null ? null : [.. weights],
            outcome,
            ExperimentArms.Figures([.. ExperimentArms.Of(experiment, inputs.Statistics!, metric.Id).Select(arm => arm.Everybody())]));
    }

    /// <summary>The weights without an alternative, the others in their proportions; the control takes all where no other is open.</summary>
    private static int[] Without(Experiment experiment, string alternative)
    {
        var slot = experiment.SlotOf(alternative);
        double[] weights = [.. experiment.Epoch.Weights.Select((weight, s) => s == slot ? 0 : (double)weight)];
        if (weights.All(weight => weight == 0))
        {
            weights[experiment.SlotOf(experiment.LastPut.Control)] = 1;
        }

        return WholeWeights.Of(weights);
    }
}
