using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Grains.Wire;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Grains;

// Observations and the winners of timesteps.
public sealed partial class ClusterExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<EventReceipt>> Observe(string experiment, int timestep, ObservationBatch batch, CancellationToken cancellationToken = default) =>
        Guard<EventReceipt>(
            async () =>
            {
                var found = await experiments.Find(experiment);
                if (found.IsRefused)
                {
                    return found.Refusal;
                }

                var known = found.Value;
                if (!known.TakesObservations)
                {
                    return HostRefusals.NoObservations(experiment);
                }

                var read = ObservationBody.Read(batch, ExperimentTimesteps.NewFold(known.State));
                if (read.IsRefused)
                {
                    return read.Refusal;
                }

                if (!options.Collect)
                {
                    return read.Value.Ignored();
                }

                var folded = await Fold(known, timestep, read.Value.Observations, batch.Producer);
                if (folded.IsRefused)
                {
                    return folded.Refusal;
                }

                return read.Value.Receipt(folded.Value);
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<TimestepResult>> Close(string experiment, int timestep, CancellationToken cancellationToken = default) =>
        Guard<TimestepResult>(
            async () => await experiments.Find(experiment) is { IsRefused: true } missing
                ? missing.Refusal!
                : WireJson.Read<TimestepResult>(await grains.GetGrain<IExperimentGrain>(experiment).CloseTimestep(timestep)),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<Page<TimestepResult>>> Timesteps(string experiment, int after, int limit, CancellationToken cancellationToken = default) =>
        PageOf(experiment, known => known.State.Timesteps.List(after, ExperimentTimesteps.Keys(known.State)), limit, step => step.Timestep, cancellationToken);

    private async Task<Answer<bool>> Fold(KnownExperiment known, int timestep, TimestepObservations observations, ProducerSequence? producer)
    {
        if (known.State.Status != ExperimentStatus.Running)
        {
            return HostRefusals.NotRunning(known.Plan.Experiment);
        }

        // A closed timestep still knows its producers: who sends the same again is told so.
        var grain = grains.GetGrain<ITimestepGrain>(GrainKeys.Of(known.Plan.Experiment, known.Plan.Generation, timestep));
        var isClosed = known.State.Timesteps.RefuseObservations(timestep);
        if (isClosed is not null && (producer is null || isClosed.Kind == RefusalKind.Invalid || !await grain.Exists()))
        {
            return isClosed;
        }

        string[] keys = [.. ExperimentTimesteps.Keys(known.State)];
        if (isClosed is not null)
        {
            await grain.Freeze(keys); // One that was passed over was never frozen.
        }

        var folded = WireJson.Read<bool>(await grain.Fold(keys, WireJson.Write(observations), producer?.Name, producer?.Sequence ?? 0));
        if (isClosed is not null || folded is not { IsRefused: false, Value: false })
        {
            return folded.IsRefused && isClosed is not null ? isClosed : folded;
        }

        // While it was folded a later timestep may have been closed, which passes this one: then it did not count.
        var present = await experiments.Find(known.Plan.Experiment);
        return present.IsRefused ? present.Refusal
            : present.Value.Plan.Generation == known.Plan.Generation && present.Value.State.Timesteps.IsPassed(timestep)
                ? present.Value.State.Timesteps.RefuseObservations(timestep)!
                : folded;
    }

    /// <summary>Folds the observations of a body of events, timestep by timestep; rows that cannot count are rejected one by one.</summary>
    private List<Task> Observe(EventRouter router, EventRoutes routes, ProducerSequence? producer)
        => [.. router.Observations.GroupBy(row => (row.Target, row.Timestep)).Select(rows => Observe(router, routes.Targets[rows.Key.Target], rows.Key.Timestep, [.. rows], producer))];

    private async Task Observe(EventRouter router, RouteTarget target, int timestep, List<ObservationRow> rows, ProducerSequence? producer)
    {
        var found = await experiments.Find(target.Experiment);
        if (!found.IsRefused && found.Value.State.Generation != target.Generation)
        {
            return; // It was reset meanwhile, and what the rows name may be another alternative now: ignored, as all events of what is over.
        }

        var refusal = found.IsRefused ? found.Refusal : found.Value.TakesObservations ? null : HostRefusals.NoObservations(target.Experiment);
        if (refusal is not null)
        {
            RejectAll(router, rows, refusal);
            return;
        }

        var observed = ObservedEvents.Of(found.Value.State, found.Value.Plan, rows, (row, code, detail) => Reject(router, row, code, detail));
        if (observed.Rows.Count == 0)
        {
            return;
        }

        var folded = await Fold(found.Value, timestep, observed.Observations, producer);
        if (folded.IsRefused)
        {
            RejectAll(router, observed.Rows, folded.Refusal);
            return;
        }

        lock (router)
        {
            foreach (var row in observed.Rows)
            {
                router.Answered(row, folded.Value);
            }
        }
    }

    private static void RejectAll(EventRouter router, IEnumerable<ObservationRow> rows, Refusal why)
    {
        foreach (var row in rows)
        {
            Reject(router, row, why.Code, why.Detail);
        }
    }

    // Several timesteps are folded at once, and a router knows no threads.
    private static void Reject(EventRouter router, ObservationRow row, string code, string detail)
    {
        lock (router)
        {
            router.Reject(row, code, detail);
        }
    }
}
