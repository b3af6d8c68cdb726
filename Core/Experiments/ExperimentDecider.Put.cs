using System.Globalization;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>PUT on an experiment that exists.</summary>
public static partial class ExperimentDecider
{
    private static Answer<IReadOnlyList<ExperimentEvent>> Redefine(Experiment experiment, ExperimentDefinition definition, DecisionInputs inputs)
    {
        var changes = DefinitionChanges.Between(experiment.LastPut, definition);
        if (changes.Count == 0)
        {
            return Nothing();
        }

        var draft = experiment.Status == ExperimentStatus.Draft;
        if (!draft && RedefinitionRules.Broken(experiment, definition) is { Count: > 0 } broken)
        {
            return ExperimentRefusals.Conflict(broken);
        }

        var weights = RedefinedWeights.Of(experiment, definition);
        var traffic = definition.Assignment.Traffic;
        var reason = "Changed: " + string.Join(", ", changes) + (weights.Why is null ? "." : $". {weights.Why}");
        if (draft)
        {
            return One(new ExperimentEvent.Redefined(inputs.Now, reason, Reminded(definition), [.. weights.Values]));
        }

        var begins = !weights.Values.SequenceEqual(experiment.Epoch.Weights) || traffic != experiment.Epoch.Traffic
            || (experiment.SegmentEpochs.Any() && By(definition) != By(experiment.LastPut));
        if (begins && experiment.Epoch.Number >= EpochLimits.LastEpoch)
        {
            return ExperimentRefusals.TooManyEpochs();
        }

        if (begins && traffic != experiment.Epoch.Traffic)
        {
            reason += string.Create(CultureInfo.InvariantCulture, $" Traffic went from {experiment.Epoch.Traffic} to {traffic}.");
        }

        return One(new ExperimentEvent.Redefined(inputs.Now, reason, definition, begins ? [.. weights.Values] : null));
    }

    private static string? By(ExperimentDefinition definition) => (definition.Allocation as BanditAllocation)?.By;

    /// <summary>A draft stays one even if the definition says start: that is for new experiments.</summary>
    private static ExperimentDefinition Reminded(ExperimentDefinition definition) => !definition.Start
        ? definition
        : definition with
        {
            Warnings = [.. definition.Warnings, new Warning(ExperimentCodes.NotStarted, "$.start", "The experiment is still a draft: \"start\" only starts new experiments. Start it with POST …/start.")],
        };
}
