using Bandstand.Embedded.Participants;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Embedded.Experiments;

/// <summary>Closes timesteps of one experiment, in its turn: freezes what was observed, has it decided, and lets go of it once that is durable.</summary>
/// <param name="published">The experiment.</param>
/// <param name="execute">Carries out a command in the experiment's turn; answers why not, or null.</param>
/// <param name="clock">Tells when windows of metrics are closed.</param>
internal sealed class TimestepClosing(PublishedExperiment published, Func<ExperimentCommand, ValueTask<Refusal?>> execute, TimeProvider clock)
{
    /// <summary>Closes one; closing again answers the same.</summary>
    public async ValueTask<Answer<TimestepResult>> Close(LiveExperiment present, int timestep)
    {
        if (timestep < present.State.Timesteps.Next || ExperimentTimesteps.RefuseClose(present.State, timestep) is not null)
        {
            return ExperimentTimesteps.Close(present.State, timestep, null);
        }

        try
        {
            var closed = ExperimentTimesteps.Close(present.State, timestep, await Observed(present, timestep));
            return closed.IsRefused ? closed : await execute(new ExperimentCommand.CloseTimestep(closed.Value)) ?? closed;
        }
        finally
        {
            if (!published.IsBehind)
            {
                // Otherwise it may be closed on the disk already: what is frozen stays so until that is known.
                present.Timesteps.Settle(published.Live!.State.Timesteps.Next);
            }
        }
    }

    /// <summary>What a timestep is decided on: the rows sent for it, or with a period what the epoch's participants did.</summary>
    private async ValueTask<TimestepObservations?> Observed(LiveExperiment present, int timestep)
    {
        if (!present.TakesObservations)
        {
            return ExperimentTimesteps.Observed(present.State, await present.Statistics(clock.GetUtcNow()));
        }

        var observations = present.Timesteps.Freeze(timestep, ExperimentTimesteps.Keys(present.State), out var durable);
        await durable;
        return observations;
    }
}
