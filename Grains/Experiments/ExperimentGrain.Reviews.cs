using Bandstand.Experiments;
using Bandstand.Grains.Wire;
using Bandstand.Ports;
using Bandstand.Timesteps;

namespace Bandstand.Grains.Experiments;

// What is due by the clock or by the number of participants, and the ends of timesteps.
internal sealed partial class ExperimentGrain
{
    private IGrainTimer? timer;
    private long watched;
    private long[] totals = [];
    private long[] grants = [];
    private long nextParticipants = long.MaxValue;
    private long lastParticipants;
    private DateTimeOffset? lastReviewAt;
    private readonly GuardWatch guards = new();

    private long Participants => totals.Sum();

    /// <summary>True when the shards may take so many newcomers unreported that they could reach the next review.</summary>
    private bool MayPassUnnoticed => nextParticipants != long.MaxValue && Participants + grants.Sum() > nextParticipants - 2;

    public async ValueTask<ShardOrders> Report(long generation, int shard, long participants) => await Guard<ShardOrders>(async () =>
    {
        await Load();
        await Publish();
        if (durable is not Experiment experiment || experiment.Generation != generation || shard >= totals.Length)
        {
            return new ShardOrders(long.MaxValue);
        }

        await Note(experiment, [new ShardCount(shard, participants)]);
        return Grant(shard);
    });

    public async ValueTask Settle(long generation, ShardCount[] counts) => await Guard<int>(async () =>
    {
        await Load();
        await Publish();
        if (durable is Experiment experiment && experiment.Generation == generation)
        {
            await Note(experiment, counts);
            await Regrant(counts);
        }

        return 0;
    });

    public async ValueTask Guard(long generation, long events) => await Guard<int>(async () =>
    {
        await Load();
        await Publish();
        if (durable.Generation == generation && guards.Counted(events))
        {
            await GuardInTurn();
        }

        return 0;
    });

    public async ValueTask Wake() => await Guard<int>(async () =>
    {
        await Load();
        await Publish();
        var now = Options.Clock.GetUtcNow();
        while (durable is Experiment { Status: ExperimentStatus.Running } open && ExperimentSchedule.NextTimestepAt(open) <= now)
        {
            await CloseInTurn(open, open.Timesteps.Next);
        }

        if (durable is Experiment watched && guards.IsDueAt(watched, now))
        {
            await GuardInTurn();
        }

        if (durable is Experiment { Status: ExperimentStatus.Running } running && ExperimentSchedule.NextAt(running, lastReviewAt, now) <= now)
        {
            await ReviewInTurn();
        }

        return 0;
    });

    public ValueTask<JsonReply> CloseTimestep(int timestep) => Guard<JsonReply>(async () =>
    {
        await Load();
        await Publish();
        return WireJson.Write(durable is not Experiment experiment ? HostRefusals.NotFound(id)
            : experiment.Definition.Allocation is not TimestepAllocation { Period: null } ? HostRefusals.NoObservations(id)
            : await CloseInTurn(experiment, timestep));
    });

    /// <summary>Takes what shards report, and does what is due by the number of participants.</summary>
    private async Task Note(Experiment experiment, ShardCount[] counts)
    {
        foreach (var (shard, participants) in counts)
        {
            (totals[shard], grants[shard]) = (participants, 0);
        }

        if (MayPassUnnoticed)
        {
            await CountAll(experiment);
        }

        if (Participants >= nextParticipants)
        {
            await ReviewInTurn();
        }
    }

    private async Task GuardInTurn()
    {
        if (durable is not Experiment experiment || !ExperimentGuards.Watches(experiment))
        {
            guards.Rest();
            return;
        }

        var counted = guards.Waiting;
        var now = Options.Clock.GetUtcNow();
        var statistics = await Statistics(experiment, now);
        var done = await ExecuteInTurn(new ExperimentCommand.Guard(), default, statistics);
        if (!done.IsRefused && durable is Experiment after)
        {
            guards.Looked(counted, ExperimentGuards.EventsUntil(after, statistics), now);
        }
    }

    private async Task ReviewInTurn()
    {
        var counted = Participants;
        var now = Options.Clock.GetUtcNow();
        var done = await ExecuteInTurn(new ExperimentCommand.Review(lastReviewAt, lastParticipants), default);
        if (!done.IsRefused && durable is Experiment experiment)
        {
            Watch(experiment, counted, now);
        }
    }

    private async Task<Answer<TimestepResult>> CloseInTurn(Experiment experiment, int timestep)
    {
        if (ExperimentTimesteps.RefuseClose(experiment, timestep) is { } refusal)
        {
            return refusal; // Before anything is frozen: a refused close changes nothing.
        }

        var closed = ExperimentTimesteps.Close(experiment, timestep, await Observed(experiment, timestep));
        if (closed.IsRefused || timestep < experiment.Timesteps.Next)
        {
            return closed;
        }

        var done = await ExecuteInTurn(new ExperimentCommand.CloseTimestep(closed.Value), default);
        return done.IsRefused ? done.Refusal : closed;
    }

    /// <summary>What a timestep is decided on: the rows sent for it, or with a period what the epoch's participants did.</summary>
    private async Task<TimestepObservations?> Observed(Experiment experiment, int timestep)
    {
        if (experiment.Definition.Allocation is not TimestepAllocation { Period: null })
        {
            return ExperimentTimesteps.Observed(experiment, await Statistics(experiment, Options.Clock.GetUtcNow()));
        }

        if (timestep < experiment.Timesteps.Next)
        {
            return null;
        }

        var grain = GrainFactory.GetGrain<ITimestepGrain>(GrainKeys.Of(id, experiment.Generation, timestep));
        var observed = await grain.Freeze([.. ExperimentTimesteps.Keys(experiment)]);
        return observed is null ? null : WireJson.Read<TimestepObservations>(observed);
    }

    private void Watch(Experiment experiment, long counted, DateTimeOffset? reviewedAt)
    {
        lastParticipants = counted;
        lastReviewAt = reviewedAt;
        nextParticipants = ExperimentSchedule.NextParticipants(experiment, lastParticipants) ?? long.MaxValue;
    }

    /// <summary>
    /// How many newcomers a shard may take before it reports again: so few that all shards together cannot reach the next
    /// review unnoticed, and so many that far from it they hardly ever report.
    /// </summary>
    private ShardOrders Grant(int shard)
    {
        if (nextParticipants == long.MaxValue)
        {
            return new ShardOrders(long.MaxValue);
        }

        var left = nextParticipants - Participants;
        grants[shard] = Math.Max(0, Math.Min(left - 2 - grants.Sum(), left / (2 * grants.Length)));
        return new ShardOrders(1 + grants[shard]);
    }

    /// <summary>Grants newcomers to shards that do not wait for an answer.</summary>
    private async Task Regrant(ShardCount[] counts)
    {
        if (durable is not Experiment experiment)
        {
            return;
        }

        var shards = Shards(experiment).ToList();
        await Task.WhenAll(counts.Select(async count =>
        {
            if (Grant(count.Shard) is { Quota: > 1 } orders)
            {
                totals[count.Shard] = (await shards[count.Shard].Count(orders)).Participants;
            }
        }));
        if (MayPassUnnoticed && grants.Sum() > 0)
        {
            // So many joined meanwhile that what was granted is too much.
            await CountAll(experiment);
        }
    }

    /// <summary>Takes back what was granted, when that could reach the next review unnoticed.</summary>
    private async Task CountAll(Experiment experiment)
    {
        var replies = await Task.WhenAll(Shards(experiment).Select(shard => shard.Count(new ShardOrders(1)).AsTask()));
        totals = [.. replies.Select(reply => reply.Participants)];
        Array.Clear(grants);
    }

    /// <summary>A running experiment is looked at with every tick and stays in memory; any other sleeps.</summary>
    private void KeepTime()
    {
        var runs = durable is Experiment { Status: ExperimentStatus.Running };
        if (runs && timer is null)
        {
            timer = this.RegisterGrainTimer(
                static (grain, _) => grain.Tick(), this, new GrainTimerCreationOptions(Options.Tick, Options.Tick) { KeepAlive = true });
        }
        else if (!runs && timer is not null)
        {
            timer.Dispose();
            timer = null;
        }
    }

    private async Task Tick()
    {
        try
        {
            await Wake();
        }
        catch (Exception e) when (e is ActorFailedException or OrleansException or TimeoutException)
        {
            // What was due is still due with the next tick; callers are told why writes are refused.
        }
    }
}
