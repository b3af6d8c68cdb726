using System.Globalization;

namespace Bandstand.Experiments;

/// <summary>
/// When an experiment wants to be looked at again: hosts set timers and watch counts by it, and send
/// <see cref="ExperimentCommand.Review"/>. A pure function of the state. Thread-safe.
/// </summary>
public static class ExperimentSchedule
{
    /// <summary>How often the completion of a running experiment is checked, besides by count.</summary>
    public static readonly TimeSpan CompletionInterval = TimeSpan.FromMinutes(1);

    /// <summary>The time of the next review, or null when time alone changes nothing.</summary>
    /// <param name="experiment">The state.</param>
    /// <param name="lastAt">When the last review was, or null: none yet.</param>
    /// <param name="now">The present time.</param>
    public static DateTimeOffset? NextAt(Experiment experiment, DateTimeOffset? lastAt, DateTimeOffset now)
    {
        if (experiment.Status != ExperimentStatus.Running)
        {
            return null;
        }

        DateTimeOffset? next = null;
        if (experiment.LastPut.CompleteWhen is { } when)
        {
            var deadline = experiment.StartedAt + when.Deadline;
            next = when is { Probability: null, Participants: null, PerAlternative: null, ValueRemaining: null } ? deadline : Earlier(deadline, lastAt + CompletionInterval ?? now);
        }

        return experiment.LastPut.Allocation is BanditAllocation { EveryPeriod: { } period }
            ? Earlier(next, experiment.StartedAt + ((Passed(experiment, lastAt ?? experiment.Epoch.From, period) + 1) * Stretched(period, experiment)))
            : next;
    }

    /// <summary>How many participants bring the next review, or null when counts alone change nothing.</summary>
    /// <param name="experiment">The state.</param>
    /// <param name="lastParticipants">Participants at the last review.</param>
    public static long? NextParticipants(Experiment experiment, long lastParticipants)
    {
        if (experiment.Status != ExperimentStatus.Running)
        {
            return null;
        }

        var next = experiment.LastPut.Allocation is BanditAllocation { EveryAssignments: { } every }
            ? ((lastParticipants / Interval(every, experiment)) + 1) * Interval(every, experiment)
            : (long?)null;
        return experiment.LastPut.CompleteWhen?.Participants is { } wanted && wanted > lastParticipants
            ? Math.Min(wanted, next ?? wanted)
            : next;
    }

    /// <summary>When the next timestep closes by itself, or null when the caller closes them.</summary>
    /// <param name="experiment">The state.</param>
    public static DateTimeOffset? NextTimestepAt(Experiment experiment)
        => experiment.Status == ExperimentStatus.Running && experiment.LastPut.Allocation is TimestepAllocation { Period: { } period }
            ? (experiment.TimestepClosedAt ?? experiment.StartedAt) + period
            : null;

    /// <summary>Whether the policy is to look at the weights again: enough assignments or time, and the epoch long enough.</summary>
    internal static bool RebalanceIsDue(Experiment experiment, ExperimentCommand.Review review, DecisionInputs inputs)
        => experiment.LastPut.Allocation is BanditAllocation && experiment.Epoch.Number < EpochLimits.LastEpoch
            && ParticipantsOfEpoch(experiment, inputs) >= EpochLimits.LeastAssignments * Stretch(experiment)
            && IsPassed(experiment, review, inputs);

    /// <summary>Whether a review can change nothing, whatever the figures are: no rebalance falls due, and there is nothing else to be looked at.</summary>
    internal static bool IsIdle(Experiment experiment, ExperimentCommand.Review review, long participants, DateTimeOffset now)
        => experiment.Status != ExperimentStatus.Running
            || (experiment.LastPut.CompleteWhen is null && !ExperimentGuards.Watches(experiment) && !IsPassed(experiment, review, participants, now));

    /// <summary>Whether a number of participants or a time was passed since the last review at which a rebalance falls due, be the epoch long enough or not.</summary>
    internal static bool IsPassed(Experiment experiment, ExperimentCommand.Review review, DecisionInputs inputs)
        => IsPassed(experiment, review, inputs.Statistics!.Participants, inputs.Now);

    private static bool IsPassed(Experiment experiment, ExperimentCommand.Review review, long participants, DateTimeOffset now)
    {
        if (experiment is not { Status: ExperimentStatus.Running, LastPut.Allocation: BanditAllocation bandit })
        {
            return false;
        }

        var byCount = bandit.EveryAssignments is { } every
            && participants / Interval(every, experiment) > review.LastParticipants / Interval(every, experiment);
        var byTime = bandit.EveryPeriod is { } period
            && Passed(experiment, now, period) > Passed(experiment, review.LastAt ?? experiment.Epoch.From, period);
        return byCount || byTime;
    }

    /// <summary>What brought a rebalance about, for a decision's reason.</summary>
    internal static string Occasion(Experiment experiment, DecisionInputs inputs)
        => string.Create(CultureInfo.InvariantCulture, $"After {inputs.Statistics!.Participants} participants, {ParticipantsOfEpoch(experiment, inputs)} of them in epoch {experiment.Epoch.Number}");

    internal static long ParticipantsOfEpoch(Experiment experiment, DecisionInputs inputs)
    {
        var first = (experiment.SegmentEpochs.FirstOrDefault() ?? experiment.Epoch).Number;
        return inputs.Statistics!.Epochs.Where(e => e.Epoch >= first).Sum(e => e.Alternatives.Sum(a => a.Participants));
    }

    /// <summary>How many whole periods have passed since the start: rebalances fall on multiples of it, as they do for counts.</summary>
    private static long Passed(Experiment experiment, DateTimeOffset at, TimeSpan period)
        => Math.Max(0, (at - experiment.StartedAt!.Value).Ticks / Stretched(period, experiment).Ticks);

    private static long Interval(long every, Experiment experiment) => checked(Math.Max(every, EpochLimits.LeastAssignments) * Stretch(experiment));

    private static TimeSpan Stretched(TimeSpan period, Experiment experiment) => period * Stretch(experiment);

    /// <summary>Doubles with every further 512 epochs, so that epochs stay few however long an experiment runs.</summary>
    private static long Stretch(Experiment experiment)
    {
        var epochs = experiment.Epochs.AsSpan();
        var everybodys = epochs.Length;
        for (var i = 0; i < epochs.Length && epochs.Length > EpochLimits.EpochsPerDoubling; i++)
        {
            everybodys -= epochs[i].Segment is null ? 0 : 1;
        }

        return 1L << Math.Min(20, (everybodys - 1) / EpochLimits.EpochsPerDoubling);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other)
        => one is null || other < one ? other ?? one : one;
}
