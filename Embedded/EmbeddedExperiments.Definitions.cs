using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Embedded;

// Definitions, life, decisions and epochs.
public sealed partial class EmbeddedExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<PutResult>> Put(ExperimentDefinition definition, Precondition precondition = default, CancellationToken cancellationToken = default) =>
        Guard<PutResult>(definition.Id, async () =>
        {
            if (!hosts.ContainsKey(definition.Id) && ExperimentDecider.Check(NoExperiment.Never, precondition) is { } refusal)
            {
                return refusal; // Whatever was never there gets no home for it.
            }

            var done = await HostOf(definition.Id).Execute(new ExperimentCommand.Put(definition), precondition, cancellationToken);
            return done.Map(change => new PutResult(ExperimentViews.Of((Experiment)change.After), change.Before is not Experiment));
        });

    /// <inheritdoc/>
    public ValueTask<Answer<ExperimentView>> Get(string experiment, CancellationToken cancellationToken = default)
    {
        var live = Find(experiment, out _, out var refusal);
        return ValueTask.FromResult<Answer<ExperimentView>>(live is null ? refusal! : ExperimentViews.Of(live.State));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<Page<ExperimentView>>> List(string? after, int limit, CancellationToken cancellationToken = default)
    {
        var present = hosts.Where(pair => pair.Value.Live is not null && string.CompareOrdinal(pair.Key, after) > 0)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Value.Live);
        return ValueTask.FromResult(Pages.Of(present.OfType<Participants.LiveExperiment>().Select(live => ExperimentViews.Of(live.State)), limit, view => view.Definition.Id));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<ExperimentView>> Execute(string experiment, ExperimentCommand command, Precondition precondition = default, CancellationToken cancellationToken = default) =>
        Guard<ExperimentView>(experiment, async () =>
        {
            if (!hosts.TryGetValue(experiment, out var host) || host.Generation == 0)
            {
                return HostRefusals.NotFound(experiment);
            }

            var done = await host.Execute(command, precondition, cancellationToken);
            return done.IsRefused ? done.Refusal
                : done.Value.After is Experiment present ? ExperimentViews.Of(present)
                : done.Value.Before is Experiment gone ? ExperimentViews.Of(gone)
                : HostRefusals.NotFound(experiment);
        });

    /// <inheritdoc/>
    public ValueTask<Answer<Page<Decision>>> Decisions(string experiment, long after, int limit, CancellationToken cancellationToken = default)
    {
        var live = Find(experiment, out _, out var refusal);
        return ValueTask.FromResult(live is null
            ? refusal!
            : Pages.Of(live.State.Decisions.Where(decision => decision.Number > after), limit, decision => decision.Number));
    }

    /// <inheritdoc/>
    public ValueTask<Answer<Page<Epoch>>> Epochs(string experiment, int after, int limit, CancellationToken cancellationToken = default)
    {
        var live = Find(experiment, out _, out var refusal);
        return ValueTask.FromResult(live is null
            ? refusal!
            : Pages.Of(live.State.Epochs.Where(epoch => epoch.Number > after).Select(epoch => ExperimentViews.Of(live.State, epoch)), limit, epoch => epoch.Number));
    }
}
