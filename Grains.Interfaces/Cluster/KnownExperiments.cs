using System.Collections.Concurrent;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>
/// What this front end knows of each experiment. Shards refuse questions made with an older version, so assignments may use
/// what is here as it is; everything else asks the experiment whether it is still right.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class KnownExperiments(IGrainFactory grains, KnownCatalogue catalogue)
{
    private readonly ConcurrentDictionary<string, KnownExperiment> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Coalesced<KnownExperiment?>> reads = new(StringComparer.Ordinal);

    /// <summary>What is known now, without asking.</summary>
    public KnownExperiment? Peek(string id) => known.GetValueOrDefault(id);

    /// <summary>The present version, or that there is none.</summary>
    public async ValueTask<Answer<KnownExperiment>> Find(string id)
    {
        // An experiment nobody defined must not come into being by being asked for.
        if (!known.ContainsKey(id) && (await catalogue.Fresh()).Catalogue.Find(id) is null)
        {
            return HostRefusals.NotFound(id);
        }

        var read = await reads.GetOrAdd(id, key => new Coalesced<KnownExperiment?>(() => Read(key))).Ask();
        return read is null ? HostRefusals.NotFound(id) : read;
    }

    /// <summary>Notes a state that was just answered.</summary>
    public ExperimentState Note(string id, byte[] snapshot)
    {
        var state = ExperimentJournal.Restore(snapshot);
        if (state is Experiment experiment)
        {
            Note(new KnownExperiment(experiment, grains));
        }
        else
        {
            known.TryRemove(id, out _);
        }

        return state;
    }

    private async Task<KnownExperiment?> Read(string id)
    {
        var before = known.GetValueOrDefault(id);
        var reply = await grains.GetGrain<IExperimentGrain>(id).Read(before?.State.Version ?? -1);
        if (reply.State is not null)
        {
            _ = Note(id, reply.State);
        }

        return known.GetValueOrDefault(id);
    }

    private void Note(KnownExperiment found) => known.AddOrUpdate(
        found.State.Id, found, (_, present) => present.State.Version > found.State.Version ? present : found);
}
