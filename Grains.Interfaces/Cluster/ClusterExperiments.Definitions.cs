using Bandstand.Experiments;
using Bandstand.Grains.Wire;
using Bandstand.Ports;

namespace Bandstand.Grains;

// Definitions, life, decisions and epochs.
public sealed partial class ClusterExperiments
{
    /// <inheritdoc/>
    public ValueTask<Answer<PutResult>> Put(ExperimentDefinition definition, Precondition precondition = default, CancellationToken cancellationToken = default) =>
        Guard<PutResult>(
            async () =>
            {
                var done = await Command(definition.Id, new ExperimentCommand.Put(definition), precondition);
                return done.Map(change => new PutResult(ExperimentViews.Of((Experiment)change.After), change.Before is not Experiment));
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<ExperimentView>> Execute(string experiment, ExperimentCommand command, Precondition precondition = default, CancellationToken cancellationToken = default) =>
        Guard<ExperimentView>(
            async () =>
            {
                if (experiments.Peek(experiment) is null && (await catalogue.Fresh()).Catalogue.Find(experiment) is null)
                {
                    return HostRefusals.NotFound(experiment);
                }

                var done = await Command(experiment, command, precondition);
                return done.IsRefused ? done.Refusal
                    : done.Value.After is Experiment present ? ExperimentViews.Of(present)
                    : done.Value.Before is Experiment gone ? ExperimentViews.Of(gone)
                    : HostRefusals.NotFound(experiment);
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<ExperimentView>> Get(string experiment, CancellationToken cancellationToken = default) =>
        Guard<ExperimentView>(async () => (await experiments.Find(experiment)).Map(known => ExperimentViews.Of(known.State)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<Page<ExperimentView>>> List(string? after, int limit, CancellationToken cancellationToken = default) =>
        Guard<Page<ExperimentView>>(
            async () =>
            {
                if (HostRefusals.Limit(limit) is { } wrong)
                {
                    return wrong;
                }

                var page = (await catalogue.Fresh()).Catalogue.List(after, limit);
                var found = await Task.WhenAll(page.Items.Select(entry => experiments.Find(entry.Id).AsTask()));

                // What was deleted while we asked is left out.
                return new Page<ExperimentView>([.. found.Where(known => !known.IsRefused).Select(known => ExperimentViews.Of(known.Value.State))], page.Next);
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<Page<Decision>>> Decisions(string experiment, long after, int limit, CancellationToken cancellationToken = default) =>
        PageOf(experiment, known => known.State.Decisions.Where(decision => decision.Number > after), limit, decision => decision.Number, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<Page<Epoch>>> Epochs(string experiment, int after, int limit, CancellationToken cancellationToken = default) =>
        PageOf(experiment, known => known.State.Epochs.Where(epoch => epoch.Number > after).Select(epoch => ExperimentViews.Of(known.State, epoch)), limit, epoch => epoch.Number, cancellationToken);

    private async ValueTask<Answer<(ExperimentState Before, ExperimentState After)>> Command(string experiment, ExperimentCommand command, Precondition precondition)
    {
        var reply = await grains.GetGrain<IExperimentGrain>(experiment).Execute(CommandCall.Of(command, precondition));
        return reply.Refusal is { } refusal
            ? WireJson.Read<Refusal>(refusal)
            : (ExperimentJournal.Restore(reply.Before!), experiments.Note(experiment, reply.After!));
    }

    private ValueTask<Answer<Page<T>>> PageOf<T>(string experiment, Func<KnownExperiment, IEnumerable<T>> items, int limit, Func<T, long> cursor, CancellationToken cancellationToken) =>
        Guard<Page<T>>(
            async () =>
            {
                var known = await experiments.Find(experiment);
                return known.IsRefused ? known.Refusal : Pages.Of(items(known.Value), limit, cursor);
            },
            cancellationToken);
}
