using Bandstand.Events;
using Bandstand.Experiments;

namespace Bandstand.Catalogue;

/// <summary>What the catalogue knows of one experiment. Immutable.</summary>
/// <param name="Id">The experiment's id.</param>
/// <param name="Generation">Its generation; kept when it is deleted.</param>
/// <param name="Version">The version of the state it was made of; an older one never replaces a newer one.</param>
/// <param name="Status">Where the experiment is in its life, or null: deleted.</param>
/// <param name="Layer">The layer it shares traffic in, or null.</param>
/// <param name="Route">How events find it, or null: deleted.</param>
public sealed record CatalogueEntry(string Id, long Generation, long Version, ExperimentStatus? Status, LayerDefinition? Layer, RouteTarget? Route)
{
    /// <summary>The entry of a state.</summary>
    /// <param name="id">The experiment's id, which a deleted one no longer says.</param>
    /// <param name="state">The state.</param>
    public static CatalogueEntry Of(string id, ExperimentState state) => state is not Experiment experiment
        ? new(id, state.Generation, state.Version, null, null, null)
        : new(
            id,
            experiment.Generation,
            experiment.Version,
            experiment.Status,
            experiment.LastPut.Layer,
            new RouteTarget(
                id,
                experiment.Generation,
                experiment.Key,
                experiment.LastPut.Shards,
                experiment.Status == ExperimentStatus.Running,
                experiment.Metrics,
                [.. experiment.Alternatives.Select(a => a.Key)],
                experiment.LastPut.Allocation is TimestepAllocation { Period: null },
                ExperimentGuards.Slots(experiment)));
}
