using Bandstand.Allocation;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>
/// Every rule of an experiment's life: (state, command, inputs) gives events or a refusal, and events give the next state. What
/// is done already gives no events and success.
/// </summary>
/// <remarks>
/// Pure and thread-safe. A host keeps the state, calls <see cref="Decide"/> in the actor's turn, journals the events as one entry
/// and then takes the state of <see cref="Apply"/>; nothing has happened before the entry is durable.
/// </remarks>
public static partial class ExperimentDecider
{
    /// <summary>Whether a decision on this command needs the statistics of the shards.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="command">The command.</param>
    public static bool NeedsStatistics(ExperimentState state, ExperimentCommand command) => state is Experiment experiment && command switch
    {
        ExperimentCommand.Complete(var outcome) => experiment.Status is ExperimentStatus.Running or ExperimentStatus.Disabled && (outcome is null || experiment.SlotOf(outcome) >= 0),
        ExperimentCommand.Rebalance => experiment.Status == ExperimentStatus.Running && experiment.LastPut.Allocation is BanditAllocation,
        ExperimentCommand.Guard => ExperimentGuards.Watches(experiment),
        ExperimentCommand.Review => experiment.Status == ExperimentStatus.Running
            && (experiment.LastPut.Allocation is BanditAllocation || experiment.LastPut.CompleteWhen is not null || ExperimentGuards.Watches(experiment)),
        _ => false,
    };

    /// <summary>Whether a decision on this command needs the statistics of <see cref="SegmentTable.Parts"/> as well, which take a walk over all participants.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="command">The command.</param>
    /// <param name="inputs">Time, and the statistics when <see cref="NeedsStatistics"/> says so.</param>
    public static bool NeedsSegments(ExperimentState state, ExperimentCommand command, DecisionInputs inputs)
        => state is Experiment { Status: ExperimentStatus.Running, LastPut.Allocation: BanditAllocation { By: not null } } experiment && command switch
        {
            ExperimentCommand.Rebalance => true,
            ExperimentCommand.Review review => ExperimentSchedule.RebalanceIsDue(experiment, review, inputs),
            _ => false,
        };

    /// <summary>Why a write is not made because its precondition does not hold, or null when it does.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="precondition">The precondition.</param>
    public static Refusal? Check(ExperimentState state, Precondition precondition)
    {
        if (precondition.MustBeNew && state is Experiment)
        {
            return new Refusal(RefusalKind.PreconditionFailed, ExperimentCodes.Exists, "The experiment exists already. Leave out If-None-Match to change it, or use another id.");
        }

        if (precondition.IfMatch is not { } wanted)
        {
            return null;
        }

        var present = state is Experiment experiment ? ExperimentViews.ETag(experiment) : null;
        return string.Equals(present, wanted, StringComparison.Ordinal) || (wanted == Precondition.Any && present is not null)
            ? null
            : new Refusal(RefusalKind.PreconditionFailed, ExperimentCodes.ETagMismatch, present is null
                ? "The experiment does not exist. Leave out If-Match to create it."
                : $"The experiment was changed since: its ETag is \"{present}\". Read it again, and repeat the change on what it is now.");
    }

    /// <summary>What follows from a command.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="command">The command.</param>
    /// <param name="inputs">Time, a fresh secret, and the statistics when <see cref="NeedsStatistics"/> says so.</param>
    /// <returns>Events in order, none when all is as asked already; or why not.</returns>
    /// <exception cref="ArgumentException">Statistics are needed and missing.</exception>
    public static Answer<IReadOnlyList<ExperimentEvent>> Decide(ExperimentState state, ExperimentCommand command, DecisionInputs inputs)
    {
        if (inputs.Statistics is null && NeedsStatistics(state, command))
        {
            throw new ArgumentException($"{command.GetType().Name} is decided on the statistics of the shards; they are missing.", nameof(inputs));
        }

        if (command is ExperimentCommand.Put put)
        {
            return state is Experiment present ? Redefine(present, put.Definition, inputs) : Create(put.Definition, inputs);
        }

        if (state is not Experiment experiment)
        {
            return command is ExperimentCommand.Delete && state.Generation > 0 ? Nothing() : ExperimentRefusals.NotFound();
        }

        return command switch
        {
            ExperimentCommand.Start => Start(experiment, inputs.Now),
            ExperimentCommand.Enable => Enable(experiment, inputs.Now),
            ExperimentCommand.Disable => Disable(experiment, inputs.Now),
            ExperimentCommand.Complete complete => Complete(experiment, complete.Outcome, inputs),
            ExperimentCommand.SetWeights weights => SetWeights(experiment, weights, inputs.Now),
            ExperimentCommand.Rebalance => Rebalance(experiment, inputs),
            ExperimentCommand.Review review => Review(experiment, review, inputs),
            ExperimentCommand.Guard => Guarded(experiment, inputs),
            ExperimentCommand.CloseTimestep close => CloseTimestep(experiment, close.Result, inputs.Now),
            ExperimentCommand.Reset reset => Reset(experiment, reset.Seed, inputs),
            ExperimentCommand.Delete => One(new ExperimentEvent.Deleted(inputs.Now, "Deleted by hand.")),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "An unknown command."),
        };
    }

    /// <summary>The state after events.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="events">The events, in order.</param>
    public static ExperimentState Apply(ExperimentState state, IEnumerable<ExperimentEvent> events) => events.Aggregate(state, Evolve);

    private static Answer<IReadOnlyList<ExperimentEvent>> Create(ExperimentDefinition definition, DecisionInputs inputs)
    {
        var created = new ExperimentEvent.Created(inputs.Now, "Defined for the first time.", definition, inputs.FreshKey, [.. StartingWeights.Of(definition)]);
        return definition.Start
            ? Many(created, new ExperimentEvent.Started(inputs.Now, "Started with its definition."))
            : One(created);
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Start(Experiment experiment, DateTimeOffset now) => experiment.Status switch
    {
        ExperimentStatus.Draft => One(new ExperimentEvent.Started(now, "Started by hand.")),
        ExperimentStatus.Running => Nothing(),
        ExperimentStatus.Disabled => ExperimentRefusals.Conflict(ExperimentCodes.IsDisabled, "The experiment was started before and is disabled. Enable it instead."),
        _ => ExperimentRefusals.Completed("started"),
    };

    private static Answer<IReadOnlyList<ExperimentEvent>> Enable(Experiment experiment, DateTimeOffset now) => experiment.Status switch
    {
        ExperimentStatus.Draft => ExperimentRefusals.Draft("enabled"),
        ExperimentStatus.Running => Nothing(),
        ExperimentStatus.Disabled => One(new ExperimentEvent.Enabled(now, "Enabled by hand.")),
        _ => ExperimentRefusals.Completed("enabled"),
    };

    private static Answer<IReadOnlyList<ExperimentEvent>> Disable(Experiment experiment, DateTimeOffset now) => experiment.Status switch
    {
        ExperimentStatus.Draft => ExperimentRefusals.Conflict(ExperimentCodes.NotStarted, "The experiment is a draft: everybody gets the default already. There is nothing to disable before it is started."),
        ExperimentStatus.Running => One(new ExperimentEvent.Disabled(now, "Disabled by hand.")),
        ExperimentStatus.Disabled => Nothing(),
        _ => ExperimentRefusals.Completed("disabled"),
    };

    private static Answer<IReadOnlyList<ExperimentEvent>> Reset(Experiment experiment, string? seed, DecisionInputs inputs)
    {
        if (seed is not null && TextRules.Problem(seed, DefinitionLimits.SeedLength) is { } problem)
        {
            return ExperimentRefusals.Invalid("$.seed", ExperimentCodes.InvalidText, problem);
        }

        var next = seed ?? experiment.Seed;
        if (experiment.Status == ExperimentStatus.Draft && string.Equals(next, experiment.Seed, StringComparison.Ordinal))
        {
            return Nothing(); // Nobody was ever assigned, so there is nothing to begin again.
        }

        var reset = new ExperimentEvent.Reset(inputs.Now, seed is null ? "Reset by hand." : "Reset by hand with a new seed.", inputs.FreshKey, next, [.. StartingWeights.Of(experiment.LastPut)]);
        return experiment.LastPut.Start
            ? Many(reset, new ExperimentEvent.Started(inputs.Now, "Started again with the reset."))
            : One(reset);
    }

    private static Answer<IReadOnlyList<ExperimentEvent>> Nothing() => Many();

    private static Answer<IReadOnlyList<ExperimentEvent>> One(ExperimentEvent happened) => Many(happened);

    private static Answer<IReadOnlyList<ExperimentEvent>> Many(params ExperimentEvent[] happened) => happened;
}
