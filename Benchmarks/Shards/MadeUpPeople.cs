using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Benchmarks.Shards;

/// <summary>The people, questions and events that a shard is measured with: the same in every run, their keys in random order.</summary>
internal static class MadeUpPeople
{
    public const int People = 1_000_000;
    public const int Asked = 1_000_000;
    public const int BatchSize = 10_000;
    public const int Window = 50_000;
    public const long Noon = 1_770_000_000_000;

    private static readonly ShardQuestion[] Questions = new ShardQuestion[1_000];

    public static ShardPlan Plan() => new()
    {
        Generation = 1,
        Version = 1,
        Status = ExperimentStatus.Running,
        Alternatives = 2,
        Metrics = [new("signup", MetricKind.Conversion), new("revenue", MetricKind.Value)],
        Buckets = Enumerable.Range(0, ShardPlan.BucketCount).Select(b => (short)(b / 5_000)).ToArray(),
    };

    public static void Fill(ParticipantShard shard, ShardLog log, int first, int people, int together = 1)
    {
        var questions = Questions.AsSpan(0, together);
        Span<ShardAnswer> answers = stackalloc ShardAnswer[together];
        for (var i = first; i < first + people; i += together)
        {
            for (var j = 0; j < together; j++)
            {
                var key = Key(i + j);
                questions[j] = new ShardQuestion(key, (ushort)(key % 10_000), -1, ShardQuestionFlags.None, Noon + (i / 100));
            }

            if (together == 1)
            {
                shard.Assign(questions[0], log);
            }
            else
            {
                shard.Assign(questions, answers, log);
            }
        }
    }

    public static ShardBatch[] Batches(ulong[] keys, int metric) => [.. keys.Chunk(BatchSize).Select((chunk, n) =>
    {
        var writer = new ShardBatchWriter(BatchSize);
        for (var i = 0; i < chunk.Length; i++)
        {
            writer.AddTrack(chunk[i], metric, 1, Noon + 60_000_000 + (n * 1_000) + (i / 10));
        }

        return writer.Written;
    })];

    public static ulong[] RandomKeys()
    {
        var keys = new ulong[Asked];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = Key((int)(Mix((ulong)i) % People));
        }

        return keys;
    }

    public static ulong Key(int person) => Mix((ulong)person + 1) | 1;

    public static ulong Mix(ulong x)
    {
        unchecked
        {
            // SplitMix64 (Steele, Lea and Flood 2014).
            x += 0x9e3779b97f4a7c15;
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
            x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
            return x ^ (x >> 31);
        }
    }
}
