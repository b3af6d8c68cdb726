using Bandstand.Participants;
using static Bandstand.Benchmarks.Shards.BestWindow;
using static Bandstand.Benchmarks.Shards.MadeUpPeople;

namespace Bandstand.Benchmarks.Shards;

/// <summary>What events cost: folded, held, and replayed from a journal.</summary>
internal static class EventMeasures
{
    public static Func<int, long> Events(ParticipantShard shard, int metric, bool ids)
    {
        var batches = Batches(RandomKeys(), metric);
        var log = new ShardLog(1_000_000);
        var verdicts = new EventVerdict[BatchSize];
        ulong id = 0;
        var writer = new ShardBatchWriter(BatchSize);
        return first =>
        {
            long sum = 0;
            foreach (var batch in batches.AsSpan(first / BatchSize, Window / BatchSize))
            {
                var one = batch;
                if (ids)
                {
                    one = WithIds(writer, batch, ref id);
                }

                log.Clear();
                shard.Apply(one, Noon + 60_000_000, verdicts, log);
                sum += log.Written.Length + (verdicts[0] == EventVerdict.Counted ? 0 : 1);
            }

            return sum;
        };
    }

    public static Func<int, long> Held(ParticipantShard shard)
    {
        var batches = Batches([.. Enumerable.Range(0, Asked).Select(i => Key(500_000_000 + i))], 0);
        var log = new ShardLog(1_000_000);
        var verdicts = new EventVerdict[BatchSize];
        return first =>
        {
            long sum = 0;
            foreach (var batch in batches.AsSpan(first / BatchSize, Window / BatchSize))
            {
                log.Clear();
                shard.Apply(batch, Noon + 60_000_000, verdicts, log);
                sum += log.Written.Length;
            }

            return sum;
        };
    }

    public static Func<int, long> Replayed(ParticipantShard shard)
    {
        var log = new ShardLog(64_000_000);
        var verdicts = new EventVerdict[BatchSize];
        var entries = Batches(RandomKeys(), 0).Chunk(Window / BatchSize).Select(batches =>
        {
            log.Clear();
            foreach (var batch in batches)
            {
                shard.Apply(batch, Noon + 60_000_000, verdicts, log);
            }

            return log.Written.ToArray();
        }).ToArray();
        Console.WriteLine($"{"",-46} {entries.Average(e => e.Length) / Window:0.0} bytes of journal an event");
        return first =>
        {
            shard.Entry(entries[first / Window]);
            return first;
        };
    }

    public static (double, double) Replay(byte[] journal) => (Enumerable.Range(0, Rounds).Min(_ =>
    {
        var shard = new ParticipantShard(Plan());
        shard.Begin();
        var from = ThreadClock.Nanoseconds();
        shard.Entry(journal);
        return (double)(ThreadClock.Nanoseconds() - from) / People;
    }), 0);

    private static ShardBatch WithIds(ShardBatchWriter writer, ShardBatch batch, ref ulong id)
    {
        writer.Clear();
        foreach (ref readonly var e in batch.Events)
        {
            writer.AddTrack(e.Key, e.Metric, e.Value, e.AtMs, Mix(++id));
        }

        return writer.Written;
    }
}
