using System.Text;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Tests.Participants;

/// <summary>A shard with a journal in memory, and the people in it.</summary>
internal sealed class ShardFixture
{
    public const long Noon = 1_770_000_000_000;

    private readonly ShardLog log = new(64);

    public ShardFixture(ShardPlan? plan = null) => Shard = new ParticipantShard(plan ?? Plan());

    public ParticipantShard Shard { get; }

    public List<byte[]> Journal { get; } = [];

    /// <summary>Even halves between alternatives 0 and 1 (by bucket), one metric of each kind.</summary>
    public static ShardPlan Plan() => new()
    {
        Generation = 1,
        Version = 1,
        Status = ExperimentStatus.Running,
        Alternatives = 2,
        Metrics = [new("signup", MetricKind.Conversion), new("revenue", MetricKind.Value)],
        Buckets = Halves(),
    };

    public static short[] Halves() => [.. Enumerable.Range(0, ShardPlan.BucketCount).Select(b => (short)(b / 5_000))];

    public static ulong Key(string identity) => IdentityKey.Of(Encoding.UTF8.GetBytes(identity), new SipKey(1, 2));

    public static ulong Key(int person) => Key($"person-{person}");

    public ShardAnswer Assign(string identity, int bucket = 0, ShardQuestionFlags flags = ShardQuestionFlags.None, long at = Noon, short choice = -1)
        => Turn(log => Shard.Assign(new ShardQuestion(Key(identity), (ushort)bucket, choice, flags, at), log));

    public EventVerdict Track(string identity, int metric = 0, double value = 1, long at = Noon, ulong id = 0, long? now = null)
        => Apply(b => b.AddTrack(Key(identity), metric, value, at, id), now ?? at)[0];

    public EventVerdict Expose(string identity, int alternative, int epoch = -1, long at = Noon, ulong id = 0, long? now = null)
        => Apply(b => b.AddExposure(Key(identity), alternative, epoch, at, id), now ?? at)[0];

    public void Force(string identity, int alternative) => Turn(log =>
    {
        Shard.Force(Key(identity), alternative, log);
        return 0;
    });

    public bool Erase(string identity) => Turn(log => Shard.Erase(Key(identity), log));

    public bool Switch(ShardPlan plan) => Turn(log => Shard.Switch(plan, log));

    public ShardParticipant? Describe(string identity) => Shard.Describe(Key(identity));

    public EventVerdict[] Apply(Action<ShardBatchWriter> write, long now)
    {
        var writer = new ShardBatchWriter();
        write(writer);
        var verdicts = new EventVerdict[writer.Count];
        Turn(log => Shard.Apply(writer.Written, now, verdicts, log));
        return verdicts;
    }

    public T Turn<T>(Func<ShardLog, T> turn)
    {
        log.Clear();
        var result = turn(log);
        if (!log.IsEmpty)
        {
            Journal.Add(log.Written.ToArray());
        }

        return result;
    }

    /// <summary>What comes back after a crash.</summary>
    public ParticipantShard Recovered() => Recover(Plan(), [], Journal);

    public static ParticipantShard Recover(ShardPlan plan, IReadOnlyList<ReadOnlyMemory<byte>> snapshot, IEnumerable<byte[]> entries)
    {
        var shard = new ParticipantShard(plan);
        shard.Begin();
        foreach (var part in snapshot)
        {
            shard.SnapshotPart(part.Span);
        }

        foreach (var entry in entries)
        {
            shard.Entry(entry);
        }

        shard.End();
        return shard;
    }

    /// <summary>Every bit of a shard's state.</summary>
    public static string Bits(ParticipantShard shard) => string.Join('\n', shard.Snapshot().Select(p => Convert.ToHexString(p.Span)));
}
