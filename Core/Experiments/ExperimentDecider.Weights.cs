using System.Collections.Immutable;
using Bandstand.Allocation;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>Weights by hand, by policy and by timestep.</summary>
public static partial class ExperimentDecider
{
    private static Answer<IReadOnlyList<ExperimentEvent>> SetWeights(Experiment experiment, ExperimentCommand.SetWeights command, DateTimeOffset now)
    {
        if (experiment.Status == ExperimentStatus.Completed)
        {
            return ExperimentRefusals.Completed("given weights");
        }

        if (InvalidWeights(experiment, command) is { } refusal)
        {
            return refusal;
        }

        // Who is not named is closed already and stays so.
        var relative = experiment.Alternatives.Select(s => s.Removed ? 0 : command.Weights.GetValueOrDefault(s.Key));
        var weights = WholeWeights.Of([.. relative]);
        if (experiment.Epoch.Weights.SequenceEqual(weights) && !experiment.SegmentEpochs.Any())
        {
            return Nothing();
        }

        if (experiment.LastPut.Assignment.Hash == AssignmentDefinition.VanityMd5)
        {
            return ExperimentRefusals.Invalid("$.weights", ExperimentCodes.VanityUnweighted, "The hash \"vanity-md5\" gives every alternative the same share, so weights cannot be set. Remove an alternative from the definition, or define another experiment with \"growthbook-v2\".");
        }

        return experiment.Epoch.Number >= EpochLimits.LastEpoch && experiment.Status != ExperimentStatus.Draft
            ? ExperimentRefusals.TooManyEpochs()
            : One(new ExperimentEvent.WeightsSet(now, command.Reason.Trim(), [.. weights]));
    }

    private static Refusal? InvalidWeights(Experiment experiment, ExperimentCommand.SetWeights command)
    {
        var errors = new DefinitionErrors();
        if (TextRules.Problem(command.Reason, DefinitionLimits.ReasonLength, lines: true) is { } problem)
        {
            errors.Invalid("$.reason", ExperimentCodes.InvalidText, problem + " Say why the weights change; it is kept with the decision.");
        }

        foreach (var (key, weight) in command.Weights)
        {
            var path = JsonFields.PathOf("$.weights", key);
            if (experiment.SlotOf(key) < 0)
            {
                errors.Invalid(path, ExperimentCodes.UnknownAlternative, ExperimentRefusals.UnknownAlternative(experiment, key, path).Detail);
            }
            else if (!(weight is >= 0 and <= DefinitionLimits.GreatestWeight))
            {
                errors.Invalid(path, ExperimentCodes.OutOfRange, "A weight is a number from 0 (closed) to 1e9, relative to the others.");
            }
        }

        for (var slot = 0; slot < experiment.Alternatives.Length; slot++)
        {
            if (experiment.IsOpen(slot) && !command.Weights.ContainsKey(experiment.Alternatives[slot].Key))
            {
                errors.Invalid("$.weights", ExperimentCodes.MissingAlternative, $"The open alternative '{experiment.Alternatives[slot].Key}' is not named. Name every open alternative; 0 closes it.");
            }
        }

        if (!errors.Any && command.Weights.Values.All(w => w == 0))
        {
            errors.Invalid("$.weights", ExperimentCodes.AllZero, "All weights are 0, so nobody could be assigned. Give at least one alternative a weight, or disable the experiment.");
        }

        return errors.Any ? errors.ToRefusal() : null;
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Rebalance(Experiment experiment, DecisionInputs inputs)
    {
        switch (experiment.LastPut.Allocation)
        {
            case FixedAllocation:
                return ExperimentRefusals.Conflict(ExperimentCodes.NothingToRebalance, "The policy \"fixed\" keeps weights as they are. Set them with PUT …/weights, or define the policy \"bandit\".");
            case TimestepAllocation:
                return ExperimentRefusals.Conflict(ExperimentCodes.NothingToRebalance, "The policy \"timestep\" changes weights when a timestep is closed. Close one.");
        }

        return experiment.Status switch
        {
            ExperimentStatus.Draft => ExperimentRefusals.Draft("rebalanced"),
            ExperimentStatus.Disabled => ExperimentRefusals.Disabled("rebalanced"),
            ExperimentStatus.Completed => ExperimentRefusals.Completed("rebalanced"),
            _ when experiment.Epoch.Number >= EpochLimits.LastEpoch => ExperimentRefusals.TooManyEpochs(),
            _ => Rebalanced(experiment, inputs, "By hand"),
        };
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Rebalanced(Experiment experiment, DecisionInputs inputs, string occasion)
    {
        if (inputs.Segments is { Count: > 0 } segments)
        {
            return RebalancedBySegment(experiment, inputs, segments, occasion);
        }

        var chosen = ThompsonPolicy.Weights(experiment, inputs.Statistics!, (BanditAllocation)experiment.LastPut.Allocation);
        if (!experiment.Epoch.Weights.SequenceEqual(chosen.Weights) || experiment.SegmentEpochs.Any())
        {
            return One(new ExperimentEvent.Rebalanced(inputs.Now, $"{occasion}: {chosen.Reason}", [.. chosen.Weights], chosen.Figures));
        }

        return EpochEnds(experiment, inputs) && chosen.Figures.Any(f => f.ProbabilityBest is not null)
            ? One(new ExperimentEvent.Rebalanced(inputs.Now, $"{occasion}: {chosen.Reason} Weights stay; a new epoch begins so that newer figures can be told from older ones.", [.. chosen.Weights], chosen.Figures))
            : Nothing();
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> RebalancedBySegment(
        Experiment experiment, DecisionInputs inputs, IReadOnlyList<SegmentStatistics> segments, string occasion)
    {
        var bandit = (BanditAllocation)experiment.LastPut.Allocation;
        var chosen = SegmentPolicy.Weights(experiment, segments, bandit);
        var slot = experiment.Segments.IndexOf(experiment.Segments.First(s => s.Attribute == bandit.By));
        var own = chosen.Own.Take(EpochLimits.LastEpoch - 1 - experiment.Epoch.Number).Select(pair => new SegmentRebalanced(
            new EpochSegment(slot, pair.Value), $"{occasion}, of {bandit.By} '{pair.Value}': {pair.Chosen.Reason}", [.. pair.Chosen.Weights], pair.Chosen.Figures)).ToList();
        var same = experiment.Epoch.Weights.SequenceEqual(chosen.Everybody.Weights)
            && experiment.SegmentEpochs.Select(e => (e.Segment!, Weights: string.Join(' ', e.Weights))).ToHashSet().SetEquals(own.Select(e => (e.Segment, string.Join(' ', e.Weights))));
        var note = own.Count == 0 ? string.Empty : $" {string.Join(", ", own.Select(e => $"'{e.Segment.Value}'"))} of {bandit.By} have weights of their own.";
        return same
            ? Nothing()
            : One(new ExperimentEvent.Rebalanced(inputs.Now, $"{occasion}: {chosen.Everybody.Reason}{note}", [.. chosen.Everybody.Weights], chosen.Everybody.Figures) { Segments = own.Count == 0 ? null : own });
    }

    /// <summary>Where figures fade, every rebalance ends an epoch, so that newer figures can be told from older ones.</summary>
    private static bool EpochEnds(Experiment experiment, DecisionInputs inputs)
        => ((BanditAllocation)experiment.LastPut.Allocation).Discount != 1 && ExperimentSchedule.ParticipantsOfEpoch(experiment, inputs) >= EpochLimits.LeastAssignments;

    private static Answer<IReadOnlyList<ExperimentEvent>> CloseTimestep(Experiment experiment, TimestepResult result, DateTimeOffset now)
    {
        if (experiment.LastPut.Allocation is not TimestepAllocation allocation)
        {
            return ExperimentRefusals.Conflict(ExperimentCodes.NoTimesteps, "The experiment has no timesteps. Define it with the policy \"timestep\".");
        }

        if (result.Timestep < experiment.Timesteps.Next)
        {
            return Nothing(); // Closed or passed before; what it answered then still holds.
        }

        switch (experiment.Status)
        {
            case ExperimentStatus.Draft:
                return ExperimentRefusals.Draft("given a winner");
            case ExperimentStatus.Disabled:
                return ExperimentRefusals.Disabled("given a winner");
            case ExperimentStatus.Completed:
                return ExperimentRefusals.Completed("given a winner");
        }

        var weights = TimestepWeights.Of(experiment, result.Winner, allocation.WinnerShare);

        // With a period the sample of a step is what its epoch's participants did, so every step has its own.
        var begins = allocation.Period is not null || !experiment.Epoch.Weights.SequenceEqual(weights);
        var spent = begins && experiment.Epoch.Number >= EpochLimits.LastEpoch;
        return One(new ExperimentEvent.TimestepClosed(
            now,
            TimestepWeights.Explain(result) + (spent ? " " + ExperimentRefusals.TooManyEpochs().Detail : string.Empty),
            result,
            begins && !spent ? [.. weights] : default(ImmutableArray<int>?),
            [.. result.Alternatives.Select(a => new DecisionFigure(a.Alternative, a.N, 0, a.Mean, null))]));
    }
}
