using Bandstand.Grains.Wire;
using Orleans.Concurrency;

namespace Bandstand.Grains;

/// <summary>The home of one experiment: commands one at a time, decided by Core, journaled, then pushed to its shards. Its key is the id.</summary>
/// <remarks>A command may have to wait for shards that just begin elsewhere, so it has longer than an assignment to answer.</remarks>
[Alias("bandstand.IExperimentGrain")]
public interface IExperimentGrain : IGrainWithStringKey
{
    /// <summary>The present state, unless the caller has it. Answers in the middle of a command, with what is durable.</summary>
    /// <param name="knownVersion">The version of the state the caller has; −1: none.</param>
    [AlwaysInterleave, Alias("read")]
    ValueTask<ExperimentReply> Read(long knownVersion);

    /// <summary>Decides and carries out a command; answers when every shard has confirmed what changed.</summary>
    [Alias("execute"), ResponseTimeout("00:00:15")]
    ValueTask<ExecuteReply> Execute(CommandCall command);

    /// <summary>Closes a timestep; answers a <see cref="Timesteps.TimestepResult"/>.</summary>
    [Alias("close"), ResponseTimeout("00:00:15")]
    ValueTask<JsonReply> CloseTimestep(int timestep);

    /// <summary>The plan of a generation for its shards, or null when that generation is not the present one.</summary>
    [AlwaysInterleave, Alias("plan")]
    ValueTask<byte[]?> ReadPlan(long generation);

    /// <summary>A shard tells how many participants it has; what is due by their number is done before this answers.</summary>
    [Alias("report"), ResponseTimeout("00:00:15")]
    ValueTask<ShardOrders> Report(long generation, int shard, long participants);

    /// <summary>
    /// A front end tells that a batch is through in all shards, and what those asked to tell; what is due by the number of
    /// participants is done before this answers.
    /// </summary>
    [Alias("settle")]
    ValueTask Settle(long generation, [Immutable] ShardCount[] counts);

    /// <summary>
    /// A front end tells how many events of guarded metrics counted; a guardrail that they crossed has acted before this answers.
    /// </summary>
    [Alias("guard"), ResponseTimeout("00:00:15")]
    ValueTask Guard(long generation, long events);

    /// <summary>Does what is due by the clock, and finishes what was left unfinished.</summary>
    [Alias("wake"), ResponseTimeout("00:00:15")]
    ValueTask Wake();
}
