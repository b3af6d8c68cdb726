using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Grains;

/// <summary>One version of an experiment as a front end knows it, ready to be asked. Immutable.</summary>
internal sealed class KnownExperiment
{
    private readonly IParticipantShardGrain[] shards;

    public KnownExperiment(Experiment state, IGrainFactory grains)
    {
        State = state;
        Plan = AssignmentPlan.Of(state);
        shards = [.. Enumerable.Range(0, Plan.Shards).Select(number => grains.GetGrain<IParticipantShardGrain>(GrainKeys.Of(state.Id, state.Generation, number)))];
    }

    public Experiment State { get; }

    public AssignmentPlan Plan { get; }

    public IReadOnlyList<IParticipantShardGrain> Shards => shards;

    /// <summary>True when the caller sends observations by timestep.</summary>
    public bool TakesObservations => State.Definition.Allocation is TimestepAllocation { Period: null };

    public IParticipantShardGrain ShardOf(ulong key) => shards[IdentityKey.Shard(key, shards.Length)];
}
