using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics;
using Bandstand.Timesteps;

namespace Bandstand.Experiments;

/// <summary>How an experiment's definition decides its timesteps. Pure and thread-safe.</summary>
public static class ExperimentTimesteps
{
    /// <summary>Keys of the alternatives in the order of the definition.</summary>
    /// <param name="experiment">The experiment.</param>
    public static IReadOnlyList<string> Keys(Experiment experiment) => [.. experiment.LastPut.Alternatives.Select(alternative => alternative.Key)];

    /// <summary>Begins to fold observations as the definition decides them: <c>classic</c> rounds targets to 32-bit floats, nothing else does.</summary>
    /// <param name="experiment">An experiment with a timestep allocation.</param>
    public static ObservationFold NewFold(Experiment experiment) => new(
        new AlternativeKeys(Keys(experiment)),
        singlePrecision: experiment.LastPut.Allocation is not TimestepAllocation { Decide: TimestepAllocation.Adaptive });

    /// <summary>What closing a timestep decides; send it to the experiment as <see cref="ExperimentCommand.CloseTimestep"/>.</summary>
    /// <param name="experiment">An experiment with a timestep allocation.</param>
    /// <param name="timestep">The timestep's number.</param>
    /// <param name="observations">What was observed in it; null: nothing ever was.</param>
    public static Answer<TimestepResult> Close(Experiment experiment, int timestep, TimestepObservations? observations) =>
        RefuseClose(experiment, timestep) is { } refusal ? refusal : experiment.Timesteps.Close(timestep, observations, Policy(experiment), Keys(experiment));

    /// <summary>
    /// Why a timestep cannot be closed, whatever was observed in it; null when it can be, or was. Ask before its observations are
    /// frozen: a refused close changes nothing.
    /// </summary>
    /// <param name="experiment">An experiment with a timestep allocation.</param>
    /// <param name="timestep">The timestep's number.</param>
    public static Refusal? RefuseClose(Experiment experiment, int timestep) =>
        experiment.Status != ExperimentStatus.Running && timestep >= experiment.Timesteps.Next
            ? new Refusal(RefusalKind.Conflict, "not-running", $"Experiment \"{experiment.Id}\" is not running, so no timestep of it can be closed. Start or enable it first.")
            : experiment.Timesteps.RefuseClose(timestep);

    /// <summary>The sample of a timestep with a period: what the present epoch's participants did.</summary>
    /// <param name="experiment">An experiment with a timestep allocation.</param>
    /// <param name="statistics">Its merged statistics.</param>
    /// <returns>The observations, or null when the epoch has no participants.</returns>
    public static TimestepObservations? Observed(Experiment experiment, ExperimentStatistics statistics)
    {
        var epoch = statistics.Epochs.FirstOrDefault(e => e.Epoch == experiment.Epoch.Number);
        if (epoch is null)
        {
            return null;
        }

        var metric = experiment.MetricSlotOf(experiment.LastPut.Primary.Id);
        var alternatives = Keys(experiment).Select(key =>
        {
            var slot = experiment.SlotOf(key);
            var totals = slot < epoch.Alternatives.Count && metric < epoch.Alternatives[slot].Metrics.Count
                ? epoch.Alternatives[slot].Metrics[metric].Moments
                : new Moments(slot < epoch.Alternatives.Count ? epoch.Alternatives[slot].Participants : 0, 0, 0);
            return new AlternativeObservations(key, totals.Count, 0, TargetSums.Of(totals));
        }).ToList();
        return new TimestepObservations(alternatives.Sum(a => a.Rows), 0, 0, 0, null, alternatives);
    }

    private static ITimestepPolicy Policy(Experiment experiment)
    {
        var allocation = (TimestepAllocation)experiment.LastPut.Allocation;
        var lowerIsBetter = experiment.LastPut.Primary.Goal == MetricGoal.Decrease;
        return allocation.Decide == TimestepAllocation.Adaptive
            ? new AdaptiveTimestepPolicy(allocation.Certainty, allocation.Spell, lowerIsBetter)
            : new ClassicTimestepPolicy(
                allocation.Alpha,
                allocation.Test == "welch" ? TimestepTest.Welch : TimestepTest.Student,
                allocation.CountMultiplier,
                lowerIsBetter);
    }
}
