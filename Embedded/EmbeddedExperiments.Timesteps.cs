using Bandstand.Embedded.Events;
using Bandstand.Embedded.Participants;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Embedded;

// Observations and the winners of timesteps.
public sealed partial class EmbeddedExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<EventReceipt>> Observe(string experiment, int timestep, ObservationBatch batch, CancellationToken cancellationToken = default) =>
        Guard<EventReceipt>(experiment, async () =>
        {
            if (Find(experiment, out _, out var refusal) is not { } live)
            {
                return refusal!;
            }

            if (!live.TakesObservations)
            {
                return HostRefusals.NoObservations(experiment);
            }

            var read = ObservationBody.Read(batch, ExperimentTimesteps.NewFold(live.State));
            if (read.IsRefused)
            {
                return read.Refusal;
            }

            if (!options.Collect)
            {
                return read.Value.Ignored();
            }

            var pending = new PendingWrites();
            var folded = Fold(live, timestep, read.Value.Observations, batch.Producer, ref pending);
            if (folded.IsRefused)
            {
                return folded.Refusal;
            }

            await pending.WhenAll();
            return read.Value.Receipt(folded.Value);
        });

    /// <inheritdoc/>
    public ValueTask<Answer<TimestepResult>> Close(string experiment, int timestep, CancellationToken cancellationToken = default) =>
        Guard<TimestepResult>(experiment, async () => Find(experiment, out var host, out var refusal) is null
            ? refusal!
            : await host.CloseTimestep(timestep, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<Answer<Page<TimestepResult>>> Timesteps(string experiment, int after, int limit, CancellationToken cancellationToken = default)
    {
        var live = Find(experiment, out _, out var refusal);
        return ValueTask.FromResult(live is null
            ? refusal!
            : Pages.Of(live.State.Timesteps.List(after, ExperimentTimesteps.Keys(live.State)), limit, step => step.Timestep));
    }

    private static Answer<bool> Fold(LiveExperiment live, int timestep, TimestepObservations observations, ProducerSequence? producer, ref PendingWrites pending)
    {
        if (live.State.Status != ExperimentStatus.Running)
        {
            return HostRefusals.NotRunning(live.Plan.Experiment);
        }

        // A closed timestep still knows its producers: who sends the same again is told so.
        var isClosed = live.State.Timesteps.RefuseObservations(timestep);
        if (isClosed is not null && (producer is null || isClosed.Kind == RefusalKind.Invalid))
        {
            return isClosed;
        }

        var folded = live.Timesteps.Fold(timestep, ExperimentTimesteps.Keys(live.State), observations, producer, out var durable);
        pending.Add(durable);
        return folded.IsRefused && isClosed is not null ? isClosed : folded;
    }

    /// <summary>Folds the observations of a body of events, timestep by timestep; rows that cannot count are rejected one by one.</summary>
    private static void Observe(EventRouter router, IngestMap map, ProducerSequence? producer, ref PendingWrites pending)
    {
        foreach (var rows in router.Observations.GroupBy(row => (row.Target, row.Timestep)))
        {
            var live = map.Experiments[rows.Key.Target].Live;
            if (!live.TakesObservations)
            {
                RejectAll(router, rows, HostRefusals.NoObservations(live.Plan.Experiment));
                continue;
            }

            var observed = ObservedEvents.Of(live.State, live.Plan, rows, router.Reject);
            if (observed.Rows.Count == 0)
            {
                continue;
            }

            var folded = Fold(live, rows.Key.Timestep, observed.Observations, producer, ref pending);
            if (folded.IsRefused)
            {
                RejectAll(router, observed.Rows, folded.Refusal);
                continue;
            }

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
            router.Reject(row, why.Code, why.Detail);
        }
    }
}
