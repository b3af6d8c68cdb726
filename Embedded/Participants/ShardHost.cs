using Bandstand.Events;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Embedded.Participants;

/// <summary>The home of one participant shard: one lock, one journal. Every rule is the shard's.</summary>
/// <remarks>Thread-safe. Each call answers the task that its answer rests on; wait for it before telling anybody.</remarks>
internal sealed class ShardHost
{
    private readonly Lock turn = new();
    private readonly ShardLog log = new();
    private readonly ParticipantShard shard;
    private readonly Journaled journaled;
    private ShardPlan wanted;

    public ShardHost(IJournal journal, ShardPlan plan, long snapshotBytes)
    {
        shard = new ParticipantShard(plan);
        wanted = plan;
        journaled = new Journaled(journal, shard, shard.Snapshot, snapshotBytes);
    }

    /// <summary>How many participants there are; loads the shard if it is not loaded.</summary>
    public long Participants
    {
        get
        {
            lock (turn)
            {
                Begin();
                return shard.Participants;
            }
        }
    }

    /// <summary>Reads what is stored; writes nothing.</summary>
    public void Load()
    {
        lock (turn)
        {
            journaled.EnsureLoaded();
        }
    }

    /// <summary>Switches to a new plan; the task completes when the switch is durable.</summary>
    public Task Switch(ShardPlan plan)
    {
        lock (turn)
        {
            wanted = plan.Version > wanted.Version ? plan : wanted;
            Begin();
            return journaled.Durable;
        }
    }

    /// <summary>Starts loading somebody's row: a hint, which takes no turn.</summary>
    public void Prefetch(ulong key) => shard.Prefetch(key);

    /// <summary>Answers whoever needs no draw; false for a newcomer.</summary>
    public bool TryAnswer(ulong key, bool filtered, out ShardAnswer answer, out Task durable)
    {
        lock (turn)
        {
            Begin();
            durable = journaled.Durable;
            return shard.TryAnswer(key, filtered, out answer);
        }
    }

    public ShardAnswer Assign(in ShardQuestion question, out Task durable)
    {
        lock (turn)
        {
            Begin();
            var answer = shard.Assign(question, log);
            durable = Commit();
            return answer;
        }
    }

    public ProducerVerdict CheckProducer(ulong producer, long sequence, long nowMs)
    {
        lock (turn)
        {
            Begin();
            return shard.CheckProducer(producer, sequence, nowMs);
        }
    }

    /// <summary>Applies a leg of a batch.</summary>
    /// <param name="leg">The leg.</param>
    /// <param name="nowMs">The time of arrival.</param>
    /// <param name="verdicts">Receives one verdict an entry.</param>
    /// <param name="newcomers">How many participants it brought.</param>
    public Task Apply(ShardLeg leg, long nowMs, Span<EventVerdict> verdicts, out long newcomers)
    {
        lock (turn)
        {
            Begin();
            var before = shard.Participants;
            shard.Apply(leg.Writer.Written, nowMs, verdicts, log);
            newcomers = shard.Participants - before;
            return Commit();
        }
    }

    public Task Force(ulong key, int alternative)
    {
        lock (turn)
        {
            Begin();
            shard.Force(key, alternative, log);
            return Commit();
        }
    }

    public Task Erase(ulong key, out long left)
    {
        lock (turn)
        {
            Begin();
            var before = shard.Participants;
            shard.Erase(key, log);
            left = before - shard.Participants;
            return Commit();
        }
    }

    public ShardParticipant? Describe(ulong key, out Task durable) => Read(s => s.Describe(key), out durable);

    public ShardStatistics Statistics(long nowMs, out Task durable) => Read(s => s.Statistics(nowMs), out durable);

    public ShardStatistics Statistics(long nowMs, SegmentChoice choice, out Task durable) => Read(s => s.Statistics(nowMs, choice), out durable);

    public IReadOnlyList<SegmentCount> SegmentCounts(out Task durable) => Read(s => s.SegmentCounts(), out durable);

    public ShardHistory History(out Task durable) => Read(s => s.History(), out durable);

    public ShardHealth Health(out Task durable) => Read(s => s.Health(), out durable);

    private T Read<T>(Func<ParticipantShard, T> read, out Task durable)
    {
        lock (turn)
        {
            Begin();
            durable = journaled.Durable;
            return read(shard);
        }
    }

    /// <summary>Every turn begins with a loaded shard on the wanted plan and an empty log.</summary>
    private void Begin()
    {
        log.Clear();
        journaled.EnsureLoaded();
        if (shard.Plan.Version < wanted.Version)
        {
            shard.Switch(wanted, log);
            Commit();
        }
    }

    private Task Commit()
    {
        if (log.IsEmpty)
        {
            return journaled.Durable;
        }

        var durable = journaled.Append(log.Written);
        log.Clear();
        return durable;
    }
}
