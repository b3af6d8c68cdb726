using Bandstand.Assignment;
using Bandstand.Embedded.Timesteps;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Embedded.Participants;

/// <summary>
/// One generation of an experiment as the hot paths use it: an immutable plan, and the actors of the generation, which outlive
/// plans. A new plan is a new object; readers keep the one they took.
/// </summary>
internal sealed class LiveExperiment(Experiment state, AssignmentPlan plan, ShardHost[] shards, TimestepHosts timesteps)
{
    public Experiment State => state;

    public AssignmentPlan Plan => plan;

    public ShardHost[] Shards => shards;

    public TimestepHosts Timesteps => timesteps;

    public ShardHost ShardOf(ulong key) => shards[IdentityKey.Shard(key, shards.Length)];

    /// <summary>True when the caller sends observations by timestep.</summary>
    public bool TakesObservations => state.Definition.Allocation is TimestepAllocation { Period: null };

    /// <summary>The experiment as the event router sees it.</summary>
    public RouteTarget Target() => new(
        plan.Experiment,
        plan.Generation,
        plan.Key,
        shards.Length,
        plan.Status == ExperimentStatus.Running,
        state.Metrics,
        [.. plan.Alternatives.Select(alternative => alternative.Key)],
        TakesObservations,
        ExperimentGuards.Slots(state));

    /// <summary>The merged statistics of all shards, each of them durable.</summary>
    /// <param name="now">The time at which windows are closed or not.</param>
    public async ValueTask<ExperimentStatistics> Statistics(DateTimeOffset now)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        return ExperimentStatistics.Merge(await Gather((ShardHost shard, out Task durable) => shard.Statistics(nowMs, out durable)));
    }

    /// <summary>The same of those who had certain values when they were assigned.</summary>
    /// <param name="now">The time at which windows are closed or not.</param>
    /// <param name="choice">Whose.</param>
    public async ValueTask<ExperimentStatistics> Statistics(DateTimeOffset now, SegmentChoice choice)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        return ExperimentStatistics.Merge(await Gather((ShardHost shard, out Task durable) => shard.Statistics(nowMs, choice, out durable)));
    }

    /// <summary>Who takes part by segment, over all shards, each of them durable.</summary>
    public async ValueTask<SegmentTable> Segments() =>
        SegmentTable.Of(state, await Gather(static (ShardHost shard, out Task durable) => shard.SegmentCounts(out durable)));

    /// <summary>The statistics that a bandit by segment is decided on.</summary>
    /// <param name="now">The time at which windows are closed or not.</param>
    public async ValueTask<IReadOnlyList<SegmentStatistics>> SegmentStatistics(DateTimeOffset now)
    {
        var parts = new List<SegmentStatistics>();
        foreach (var (value, choice) in (await Segments()).Parts())
        {
            parts.Add(new SegmentStatistics(value, await Statistics(now, choice)));
        }

        return parts;
    }

    /// <summary>The merged history of all shards, each of them durable.</summary>
    public async ValueTask<ShardHistory> History() =>
        ShardHistory.Merge(await Gather(static (ShardHost shard, out Task durable) => shard.History(out durable)));

    /// <summary>The health of all shards together, each of them durable.</summary>
    public async ValueTask<ShardHealth> Health() =>
        ShardHealth.Merge(await Gather(static (ShardHost shard, out Task durable) => shard.Health(out durable)));

    /// <summary>Participants of all shards.</summary>
    public long Participants() => shards.Sum(shard => shard.Participants);

    private delegate T Reading<T>(ShardHost shard, out Task durable);

    private async ValueTask<T[]> Gather<T>(Reading<T> read)
    {
        var parts = new T[shards.Length];
        var durable = new Task[shards.Length];
        for (var number = 0; number < shards.Length; number++)
        {
            parts[number] = read(shards[number], out durable[number]);
        }

        await Task.WhenAll(durable);
        return parts;
    }
}
