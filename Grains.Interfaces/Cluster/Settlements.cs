using Bandstand.Grains.Wire;

namespace Bandstand.Grains;

/// <summary>
/// What the experiments must hear of once a batch is through in all its shards: a review in the middle of a batch would see
/// some of it, and others would see it with other shards' parts.
/// </summary>
/// <remarks>Adding is thread-safe.</remarks>
internal sealed class Settlements(IGrainFactory grains)
{
    private readonly Lock gate = new();
    private Dictionary<(string Experiment, long Generation), List<ShardCount>>? open;

    /// <summary>Notes what a shard's reply asks for; −1 asks for nothing.</summary>
    public void Add(string experiment, long generation, int shard, long participants)
    {
        if (participants < 0)
        {
            return;
        }

        lock (gate)
        {
            open ??= [];
            if (!open.TryGetValue((experiment, generation), out var counts))
            {
                open.Add((experiment, generation), counts = []);
            }

            counts.Add(new ShardCount(shard, participants));
        }
    }

    /// <summary>Has done what is due. The batch is durable whatever becomes of it: a shard that was not settled asks again.</summary>
    public Task Settle() => open is null ? Task.CompletedTask
        : Task.WhenAll(open.Select(experiment => Settle(grains.GetGrain<IExperimentGrain>(experiment.Key.Experiment), experiment.Key.Generation, [.. experiment.Value])));

    private static async Task Settle(IExperimentGrain experiment, long generation, ShardCount[] counts)
    {
        try
        {
            await experiment.Settle(generation, counts);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or ActorFailedException)
        {
            // The review comes with a later batch or by the clock.
        }
    }
}
