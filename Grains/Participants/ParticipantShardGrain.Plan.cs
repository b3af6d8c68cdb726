using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Grains.Participants;

// Which plan is in force, and who has to know how many participants there are.
internal sealed partial class ParticipantShardGrain
{
    private const long NewcomersBeforeNextTry = 1_000;

    private Coalesced<bool>? pulls;
    private Coalesced<bool>? reports;
    private ShardPlan? wanted;
    private bool isOver;

    // It reports at once when it begins, and learns then how often it must.
    private long quota = 1;
    private long reported;
    private long ordered;

    private (string Experiment, long Generation, int Number) Self => GrainKeys.Parse(this.GetPrimaryKeyString());

    private bool MustReport => quota != long.MaxValue && !isOver && journaled is { IsReady: true } && Math.Abs(shard!.Participants - reported) >= quota;

    public ValueTask<SwitchReply> Switch(byte[] plan, ShardOrders orders)
    {
        Want(ShardPlanCodec.Read(plan));
        return Counted(orders.Quota);
    }

    public ValueTask<SwitchReply> Count(ShardOrders orders) => Counted(orders.Quota);

    private ValueTask<SwitchReply> Counted(long next) => Turn(
        0,
        next,
        static (grain, next) =>
        {
            // The answer is a report, so nothing is due when it is given.
            (grain.quota, grain.reported) = (next, grain.shard!.Participants);
            grain.ordered++;
            return new SwitchReply(grain.reported);
        },
        _ => throw new ActorFailedException("shard-retired", $"The shard {this.GetPrimaryKeyString()} belongs to a generation that is over."));

    public async ValueTask Retire()
    {
        isOver = true;
        try
        {
            await Journal().Drop();
        }
        catch (Exception e) when (IsOfStore(e))
        {
            throw Failed(e);
        }

        DeactivateOnIdle();
    }

    /// <summary>True when a question made with this version can be answered at once.</summary>
    private bool CanAnswer(long version)
        => journaled is { IsReady: true } && !isOver && shard!.Plan.Version == version && wanted!.Version == version;

    private void UseWantedPlan()
    {
        log.Clear();
        if (shard!.Plan.Version < wanted!.Version)
        {
            shard.Switch(wanted, log);
            _ = Commit();
        }
    }

    /// <summary>Asks the experiment for the plan. A shard that has one goes on with it when nobody answers.</summary>
    /// <returns>False when nobody answered.</returns>
    private async Task<bool> Pull()
    {
        pulls ??= new Coalesced<bool>(async () =>
        {
            var (experiment, generation, _) = Self;
            var asked = GrainFactory.GetGrain<IExperimentGrain>(experiment).ReadPlan(generation).AsTask();

            // One that has no plan yet cannot go on without; its experiment may be beginning just as well.
            var plan = await (wanted is null ? asked : asked.WaitAsync(Options.Patience));
            if (plan is null)
            {
                isOver = true;
                DeactivateOnIdle();
            }
            else
            {
                Want(ShardPlanCodec.Read(plan));
            }

            return true;
        });
        try
        {
            return await pulls.Ask();
        }
        catch (Exception e) when (wanted is not null && e is TimeoutException or OrleansException or ActorFailedException)
        {
            // Nothing newer than what it confirmed last was acknowledged to anybody.
            return false;
        }
    }

    private void Want(ShardPlan plan)
    {
        if (shard is null)
        {
            shard = new ParticipantShard(plan);
            journaled = new JournaledState(Journal(), shard, shard.Snapshot);
        }

        wanted = wanted is null || plan.Version > wanted.Version ? plan : wanted;
    }

    private ActorKey Actor => Self is var self ? new ActorKey(ActorKind.Shard, self.Experiment, self.Generation, self.Number) : default;

    private GrainStorageJournal Journal() => new(storage, this.GetGrainId(), Actor, Options.Journal);

    /// <summary>
    /// Tells the experiment how many participants there are now. Whoever brought one waits for it, so that what is due by
    /// count is done when he is answered; if the experiment cannot be reached, it learns of it later.
    /// </summary>
    private async Task Report()
    {
        reports ??= new Coalesced<bool>(async () =>
        {
            var (experiment, generation, number) = Self;
            var (participants, before) = (shard!.Participants, ordered);
            var orders = await GrainFactory.GetGrain<IExperimentGrain>(experiment).Report(generation, number, participants);
            if (ordered == before)
            {
                // Otherwise the experiment counted meanwhile, and what it answered before that holds no more.
                (reported, quota) = (participants, orders.Quota);
            }

            return true;
        });
        try
        {
            await reports.Ask().WaitAsync(Options.Patience);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or ActorFailedException)
        {
            // The participants are durable; the review comes with a later report or by the clock.
            quota = Math.Abs(shard!.Participants - reported) + NewcomersBeforeNextTry;
        }
    }
}
