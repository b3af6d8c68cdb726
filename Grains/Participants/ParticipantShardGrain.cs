using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Storage;

namespace Bandstand.Grains.Participants;

/// <summary>
/// The home of one participant shard. Every rule is the shard's: this owns its turn order, its journal and its plan.
/// </summary>
/// <remarks>
/// Reentrant: it decides and enqueues without awaiting and only then waits for its group, so that everything that arrives
/// during a write goes into the next one.
/// </remarks>
[Reentrant]
[RandomPlacement]
[GrainType("bandstand-shard")]
internal sealed partial class ParticipantShardGrain(
    [FromKeyedServices(StorageNames.Bandstand)] IGrainStorage storage, GrainOptions options) : ActorGrain(options), IParticipantShardGrain
{
    private readonly ShardLog log = new();
    private ParticipantShard? shard;
    private JournaledState? journaled;

    public ValueTask<AssignReply> Assign(AssignCall call)
    {
        if (!CanAnswer(call.Version))
        {
            return AndReport(Turn(call.Version, call, static (grain, call) => AssignReply.Of(grain.shard!.Assign(call.ToQuestion(), grain.log)), status => new AssignReply(status)));
        }

        var answer = AssignReply.Of(shard!.Assign(call.ToQuestion(), log));
        var durable = Commit();
        return durable.IsCompletedSuccessfully && !MustReport ? new(answer) : AndReport(After(durable, answer));
    }

    public ValueTask<ShardReply> AssignMany(long version, byte[] questions, byte[]? segments) => AndSettle(Bytes(version, (questions, segments), static (grain, sent) =>
    {
        var asked = Wire.AssignMany.ReadQuestions(sent.questions, sent.segments);
        var answers = new ShardAnswer[asked.Length];
        grain.shard!.Assign(asked, answers, grain.log);
        return Wire.AssignMany.Write(answers);
    }));

    public ValueTask<byte> CheckProducer(ulong producer, long sequence, long nowMs) => Turn(
        0, (producer, sequence, nowMs), static (grain, batch) => (byte)grain.shard!.CheckProducer(batch.producer, batch.sequence, batch.nowMs), _ => (byte)ProducerVerdict.New);

    public async ValueTask<ShardReply> Apply(byte[] batch, long nowMs)
    {
        var events = ShardBatch.Read(batch);
        if ((wanted is null || !events.FitsIn(wanted)) && !await Pull())
        {
            // Who sends it knows more than this shard, which would ignore what it does not know.
            throw new ActorFailedException("cluster-unavailable", $"Experiment \"{Self.Experiment}\" cannot be reached, and the shard's plan is too old for the batch. Nothing was answered as done: send the same again.");
        }

        return await AndSettle(Bytes(0, (events, nowMs), static (grain, batch) =>
        {
            var verdicts = new EventVerdict[batch.events.Count];
            grain.shard!.Apply(batch.events, batch.nowMs, verdicts, grain.log);
            return Array.ConvertAll(verdicts, verdict => (byte)verdict);
        }));
    }

    public ValueTask<ShardStatus> Force(long version, ulong key, int alternative) => Turn(version, (key, alternative), static (grain, forced) =>
    {
        grain.shard!.Force(forced.key, forced.alternative, grain.log);
        return ShardStatus.Done;
    });

    public ValueTask<ShardStatus> Erase(ulong key) => AndReport(Turn(0, key, static (grain, key) =>
    {
        grain.shard!.Erase(key, grain.log);
        return ShardStatus.Done;
    }));

    public ValueTask<ShardReply> Describe(ulong key)
        => Bytes(0, key, static (grain, key) => grain.shard!.Describe(key) is { } participant ? WireJson.Write(participant) : null);

    public ValueTask<ShardReply> Statistics(long nowMs) => Bytes(0, nowMs, static (grain, nowMs) => ShardStatisticsCodec.Write(grain.shard!.Statistics(nowMs)));

    public ValueTask<ShardReply> SplitStatistics(long nowMs, byte[] choice)
        => Bytes(0, (nowMs, choice), static (grain, asked) => ShardStatisticsCodec.Write(grain.shard!.Statistics(asked.nowMs, WireJson.Read<SegmentChoice>(asked.choice))));

    public ValueTask<ShardReply> Segments() => Bytes(0, 0, static (grain, _) => WireJson.Write(grain.shard!.SegmentCounts()));

    public ValueTask<ShardReply> History() => Bytes(0, 0, static (grain, _) => WireJson.Write(grain.shard!.History()));

    public ValueTask<ShardReply> Health() => Bytes(0, 0, static (grain, _) => WireJson.Write(grain.shard!.Health()));

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (journaled is not null)
        {
            await journaled.Durable.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private ValueTask<ShardReply> Bytes<TArgument>(long version, TArgument argument, Func<ParticipantShardGrain, TArgument, byte[]?> decide)
        => Turn(version, (argument, decide), static (grain, call) => new ShardReply(ShardStatus.Done, call.decide(grain, call.argument)), status => new ShardReply(status));

    private ValueTask<ShardStatus> Turn<TArgument>(long version, TArgument argument, Func<ParticipantShardGrain, TArgument, ShardStatus> decide)
        => Turn(version, argument, decide, status => status);

    /// <summary>Brings the shard into the state to answer, decides without awaiting, and answers when that is durable.</summary>
    /// <param name="version">The version of the plan that the caller has; 0: it does not matter.</param>
    /// <param name="argument">For <paramref name="decide"/>.</param>
    /// <param name="decide">Decides; what it wrote to the log becomes an entry.</param>
    /// <param name="otherwise">The answer when nothing is decided.</param>
    private async ValueTask<T> Turn<TArgument, T>(long version, TArgument argument, Func<ParticipantShardGrain, TArgument, T> decide, Func<ShardStatus, T> otherwise)
    {
        try
        {
            for (var asked = false; !isOver;)
            {
                if (wanted is null || (version > wanted.Version && !asked))
                {
                    asked = true;
                    await Pull();
                }
                else if (!journaled!.IsReady)
                {
                    await journaled.Load();
                }
                else
                {
                    UseWantedPlan();
                    if (version != 0 && version < shard!.Plan.Version)
                    {
                        return otherwise(ShardStatus.CallerIsStale);
                    }

                    var answer = decide(this, argument);
                    return await After(Commit(), answer);
                }
            }

            return otherwise(ShardStatus.GenerationIsOver);
        }
        catch (Exception e) when (IsOfStore(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>Answers once what the answer rests on is durable.</summary>
    private async ValueTask<T> After<T>(Task durable, T answer)
    {
        try
        {
            await durable;
            return answer;
        }
        catch (Exception e) when (IsOfStore(e))
        {
            throw Failed(e);
        }
    }

    /// <summary>Answers once what is due by count is done. Never for a question of the experiment's own: it would wait for itself.</summary>
    private async ValueTask<T> AndReport<T>(ValueTask<T> answer)
    {
        var answered = await answer;
        if (MustReport)
        {
            await Report();
        }

        return answered;
    }

    /// <summary>Leaves it to the caller to have done what is due by count, when his other shards are through as well.</summary>
    private async ValueTask<ShardReply> AndSettle(ValueTask<ShardReply> answer)
    {
        var answered = await answer;
        return MustReport ? answered with { ToSettle = shard!.Participants } : answered;
    }

    private Task Commit()
    {
        if (log.IsEmpty)
        {
            return journaled!.Durable;
        }

        var durable = journaled!.Append(log.Written);
        log.Clear();
        return durable;
    }
}
