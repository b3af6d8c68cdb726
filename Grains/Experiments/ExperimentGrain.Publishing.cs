using Bandstand.Assignment;
using Bandstand.Catalogue;
using Bandstand.Experiments;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Participants;

namespace Bandstand.Grains.Experiments;

// Telling everybody who has to know: shards, catalogue, and the shards of generations that ended.
internal sealed partial class ExperimentGrain
{
    private readonly IPersistentState<StoredBytes> ended;
    private byte[] catalogued = [];
    private long published = -1;

    /// <summary>A generation that ended or is about to, with how many actors of it there may be.</summary>
    internal sealed record EndedGeneration(long Generation, int Shards, int Timesteps);

    /// <summary>Tells shards and catalogue of the present state, if they were not told yet, and ends what is over.</summary>
    private async Task Publish()
    {
        var state = durable;
        if (published == state.Version)
        {
            return;
        }

        if (state is Experiment experiment)
        {
            await Push(experiment);
        }

        await End(state.Generation, state is Experiment);
        if (state.Version > 0)
        {
            await Catalogue(state);
        }

        published = state.Version;
        KeepTime();
    }

    private async Task Push(Experiment experiment)
    {
        guards.Begin();
        var plan = ShardPlanCodec.Write(AssignmentPlan.Of(experiment).Shard);
        var known = watched == experiment.Generation;
        if (!known)
        {
            totals = new long[experiment.LastPut.Shards];
            grants = new long[totals.Length];
        }

        // Where counts matter, whoever joins next asks how many more may join unreported.
        watched = experiment.Generation;
        Array.Clear(grants);
        var counts = ExperimentSchedule.NextParticipants(experiment, 0) is not null;
        var orders = new ShardOrders(counts ? 1 : long.MaxValue);
        var replies = await Task.WhenAll(Shards(experiment).Select(shard => shard.Switch(plan, orders).AsTask()));
        totals = [.. replies.Select(reply => reply.Participants)];
        if (!known)
        {
            Watch(experiment, experiment.Reviewed?.Participants ?? 0, experiment.Reviewed?.At);
        }
        else
        {
            nextParticipants = ExperimentSchedule.NextParticipants(experiment, lastParticipants) ?? long.MaxValue;
        }
    }

    private async Task Catalogue(ExperimentState state)
    {
        // Weights and epochs change often and do not concern it.
        var entry = CatalogueEntry.Of(id, state);
        var content = WireJson.Write(entry with { Version = 0 });
        if (!content.AsSpan().SequenceEqual(catalogued))
        {
            await GrainFactory.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key).Update(WireJson.Write(entry));
            catalogued = content;
        }
    }

    /// <summary>Notes, before it is decided for good, that a generation ends, so that whoever comes next can end it.</summary>
    private async Task NoteEnding(ExperimentState before, ExperimentState after)
    {
        if (before is Experiment experiment && (after is not Experiment || after.Generation != before.Generation))
        {
            await SaveEnded([.. Ended().Where(g => g.Generation != before.Generation), new EndedGeneration(before.Generation, experiment.LastPut.Shards, experiment.Timesteps.Next + 1)]);
        }
    }

    private async Task End(long generation, bool exists)
    {
        var noted = Ended();
        var over = noted.Where(g => g.Generation < generation || (g.Generation == generation && !exists)).ToList();
        if (noted.Count == 0)
        {
            return;
        }

        foreach (var gone in over)
        {
            await Task.WhenAll(
            [
                .. Enumerable.Range(0, gone.Shards).Select(number => GrainFactory.GetGrain<IParticipantShardGrain>(GrainKeys.Of(id, gone.Generation, number)).Retire().AsTask()),
                .. Enumerable.Range(0, gone.Timesteps).Select(number => GrainFactory.GetGrain<ITimestepGrain>(GrainKeys.Of(id, gone.Generation, number)).Retire().AsTask()),
            ]);
        }

        await SaveEnded([]);
    }

    private List<EndedGeneration> Ended() => ended.State.Data.Length == 0 ? [] : WireJson.Read<List<EndedGeneration>>(ended.State.Data);

    private Task SaveEnded(List<EndedGeneration> generations) => Save(ended, generations, $"The generations of \"{id}\"");

    private IEnumerable<IParticipantShardGrain> Shards(Experiment experiment)
        => Enumerable.Range(0, experiment.LastPut.Shards).Select(number => GrainFactory.GetGrain<IParticipantShardGrain>(GrainKeys.Of(id, experiment.Generation, number)));

    /// <summary>The merged statistics of all shards, each of them durable.</summary>
    private async Task<ExperimentStatistics> Statistics(Experiment experiment, DateTimeOffset now)
    {
        var parts = await Gather(experiment, shard => shard.Statistics(now.ToUnixTimeMilliseconds()));
        return ExperimentStatistics.Merge([.. parts.Select(ShardStatisticsCodec.Read)]);
    }

    /// <summary>The statistics that a bandit by segment is decided on.</summary>
    private async Task<IReadOnlyList<SegmentStatistics>> SegmentsOf(Experiment experiment, DateTimeOffset now)
    {
        var table = SegmentTable.Of(experiment, (await Gather(experiment, shard => shard.Segments())).Select(part => WireJson.Read<SegmentCount[]>(part)));
        var segments = new List<SegmentStatistics>();
        foreach (var (value, choice) in table.Parts())
        {
            var asked = WireJson.Write(choice);
            var parts = await Gather(experiment, shard => shard.SplitStatistics(now.ToUnixTimeMilliseconds(), asked));
            segments.Add(new SegmentStatistics(value, ExperimentStatistics.Merge([.. parts.Select(ShardStatisticsCodec.Read)])));
        }

        return segments;
    }

    /// <summary>The same of every shard.</summary>
    private async Task<IReadOnlyList<byte[]>> Gather(Experiment experiment, Func<IParticipantShardGrain, ValueTask<ShardReply>> ask)
    {
        var replies = await Task.WhenAll(Shards(experiment).Select(shard => ask(shard).AsTask()));
        return replies.All(reply => reply.Status == ShardStatus.Done)
            ? [.. replies.Select(reply => reply.Bytes!)]
            : throw new ActorFailedException("shard-unavailable", $"A shard of \"{id}\" cannot answer now. Send the same again.");
    }
}
