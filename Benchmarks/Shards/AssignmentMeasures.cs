using Bandstand.Assignment;
using Bandstand.Participants;
using static Bandstand.Benchmarks.Shards.BestWindow;
using static Bandstand.Benchmarks.Shards.MadeUpPeople;

namespace Bandstand.Benchmarks.Shards;

/// <summary>What questions cost: of somebody who is known, and of newcomers.</summary>
internal static class AssignmentMeasures
{
    public static Func<int, long> Sticky(ParticipantShard shard)
    {
        var keys = RandomKeys();
        var log = new ShardLog();
        return first =>
        {
            long sum = 0;
            foreach (var key in keys.AsSpan(first, Window))
            {
                var answer = shard.Assign(new ShardQuestion(key, 0, -1, ShardQuestionFlags.None, Noon), log);
                sum += answer.Alternative + (answer.Reason == AssignmentReason.Sticky ? 0 : 1_000_000);
            }

            return sum;
        };
    }

    public static Func<int, long> Lookup(ParticipantShard shard)
    {
        var keys = RandomKeys();
        return first =>
        {
            long sum = 0;
            foreach (var key in keys.AsSpan(first, Window))
            {
                sum += shard.TryFind(key, out var answer) ? answer.Alternative : 100;
            }

            return sum;
        };
    }

    public static (double, double) Growing()
    {
        var log = new ShardLog(32_000_000);
        return (Enumerable.Range(0, 3).Min(_ =>
        {
            log.Clear();
            var shard = new ParticipantShard(Plan());
            var from = ThreadClock.Nanoseconds();
            Fill(shard, log, 0, People);
            return (double)(ThreadClock.Nanoseconds() - from) / People;
        }), 0);
    }

    public static (double, double) New(int people, int together = 1)
    {
        var log = new ShardLog(8_000_000);
        var best = double.MaxValue;
        var bytes = double.MaxValue;
        for (var round = 0; round < (people > 100_000 ? 3 : 300); round++)
        {
            log.Clear();
            var shard = new ParticipantShard(Plan());
            Fill(shard, log, 0, people);
            var window = people / 100;
            for (var first = people; first < people * 1.2; first += window)
            {
                log.Clear();
                var before = GC.GetAllocatedBytesForCurrentThread();
                var from = ThreadClock.Nanoseconds();
                Fill(shard, log, first, window, together);
                best = Math.Min(best, (double)(ThreadClock.Nanoseconds() - from) / window);
                bytes = Math.Min(bytes, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / window);
            }
        }

        return (best, bytes);
    }

    /// <summary>A million participants with one of 60 values each: what that costs when they come, and when somebody asks.</summary>
    public static ((double, double) Growing, (double, double) Scored, (double, double) Counted) Split()
    {
        var shard = new ParticipantShard(Plan() with { Segments = [new SegmentSlot("country", 2)] });
        var log = new ShardLog(48_000_000);
        string?[][] values = [.. Enumerable.Range(0, 60).Select(i => new string?[] { $"v{i}" })];
        var from = ThreadClock.Nanoseconds();
        for (var i = 0; i < People; i++)
        {
            var key = Key(i);
            Sink += shard.Assign(new ShardQuestion(key, (ushort)(key % 10_000), -1, ShardQuestionFlags.None, Noon + (i / 100), values[i % 60]), log).Epoch;
        }

        var growing = (double)(ThreadClock.Nanoseconds() - from) / People;
        return ((growing, 0), OfWalk(() => shard.Statistics(Noon, new SegmentChoice(0, ["v7"])).Epochs.Count), OfWalk(() => shard.SegmentCounts().Count));
    }
}
