using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Benchmarks;

/// <summary>What does one shard cost: a question, an event, a replayed fact, a participant's memory?</summary>
/// <remarks>
/// One thread; keys are visited in random order, so every access misses the caches as it would in life. Best of several rounds, because
/// the machine may be shared; the floors are those of the design.
/// </remarks>
internal static class ParticipantsBenchmark
{
    private const int Rounds = 7;
    private const int People = 1_000_000;
    private const int Asked = 1_000_000;
    private const int BatchSize = 10_000;
    private const int Window = 50_000;
    private const long Noon = 1_770_000_000_000;

    /// <summary>Runs all, or those whose name contains an argument; <c>--full</c> takes the memory of 10 M participants.</summary>
    public static int Run(string[] args)
    {
        var full = args.Contains("--full");
        var only = args.Where(a => a != "--full").ToArray();
        var shard = new ParticipantShard(Plan());
        var log = new ShardLog(32_000_000);
        Fill(shard, log, 0, People);
        var journal = log.Written.ToArray();
        var failed = 0;
        Console.WriteLine($"{"what (ns of processor time)",-46} {"best",9} {"floor",9} {"bytes/op",9}");
        Report("for comparison: one random read of 64 MB", double.MaxValue, () => Best(RandomRead()));
        Report("assign, known (sticky)", 60, () => Best(Sticky(shard)));
        Report("look up", 60, () => Best(Lookup(shard)));
        Report("assign, new, while growing from 0 to 1 M", 150, Growing);
        Report("assign, new, into 1 M", 150, () => New(People));
        Report("assign, new, into 1 M, 1 000 in a turn", 150, () => New(People, together: 1_000));
        Report("assign, new, into 10 k (all in the cache)", 150, () => New(10_000));
        Report("one event folded: conversion", 100, () => Best(Events(shard, 0, ids: false)));
        Report("one event folded: value metric", 100, () => Best(Events(shard, 1, ids: false)));
        Report("one event folded: conversion with id", 100, () => Best(Events(shard, 0, ids: true)));
        Report("one event held", 100, () => Best(Held(shard)));
        Report("one event replayed", 100, () => Best(Replayed(shard)));
        Report("one assignment replayed into an empty shard", 100, () => Replay(journal), bytes: false);
        Report("assign, new, split by one attribute", 300, () => Split().Growing);
        Report("statistics of one segment, a participant", 100, () => Split().Scored, bytes: false);
        Report("participants by segment, a participant", 100, () => Split().Counted, bytes: false);
        Report("hash of a 16-byte identity", 30, () => Best(Hash()));
        if (only.Length == 0 || full)
        {
            Snapshots(shard);
            failed += Memory(full ? 10_000_000 : 1_000_000);
        }

        return failed == 0 ? 0 : 1;

        void Report(string what, double floor, Func<(double Ns, double Bytes)> measure, bool bytes = true)
        {
            if (only.Length > 0 && !only.Any(o => what.Contains(o, StringComparison.Ordinal)))
            {
                return;
            }

            var figure = measure();
            var ok = figure.Ns <= floor && (!bytes || figure.Bytes < 0.01);
            failed += ok ? 0 : 1;
            Console.WriteLine($"{what,-46} {figure.Ns,6:0.0} ns {(floor < 1e9 ? $"{floor,6:0} ns" : ""),9} {(bytes ? $"{figure.Bytes:0.00}" : "–"),9} {(ok ? "" : "MISSED")}");
        }
    }

    /// <summary>The best of many windows of <see cref="Window"/> operations each, which finds the moments in which nobody else disturbs.</summary>
    private static (double Ns, double Bytes) Best(Func<int, long> run)
    {
        var best = double.MaxValue;
        var bytes = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            for (var first = 0; first < Asked; first += Window)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var from = ThreadClock.Nanoseconds();
                Sink += run(first);
                best = Math.Min(best, (double)(ThreadClock.Nanoseconds() - from) / Window);
                bytes = Math.Min(bytes, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Window);
            }
        }

        return (best, bytes);
    }

    private static long Sink { get; set; }

    private static (double, double) Growing()
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

    /// <summary>A million participants with one of 60 values each: what that costs when they come, and when somebody asks.</summary>
    private static ((double, double) Growing, (double, double) Scored, (double, double) Counted) Split()
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
        return ((growing, 0), Walk(() => shard.Statistics(Noon, new SegmentChoice(0, ["v7"])).Epochs.Count), Walk(() => shard.SegmentCounts().Count));

        static (double, double) Walk(Func<int> walk)
        {
            var best = double.MaxValue;
            for (var round = 0; round < Rounds; round++)
            {
                var began = ThreadClock.Nanoseconds();
                Sink += walk();
                best = Math.Min(best, (double)(ThreadClock.Nanoseconds() - began) / People);
            }

            return (best, 0);
        }
    }

    private static readonly ShardQuestion[] Questions = new ShardQuestion[1_000];

    private static void Fill(ParticipantShard shard, ShardLog log, int first, int people, int together = 1)
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

    private static (double, double) New(int people, int together = 1)
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

    private static Func<int, long> RandomRead()
    {
        var memory = new long[8_388_608];
        Array.Fill(memory, 0); // A page that was never written would be the same page of zeros for all.
        var places = RandomKeys().Select(k => (int)(k >> 41)).ToArray();
        return first =>
        {
            long sum = 0;
            foreach (var place in places.AsSpan(first, Window))
            {
                // Each read waits for the one before.
                sum = memory[(place + (int)sum) & (memory.Length - 1)];
            }

            return sum;
        };
    }

    private static Func<int, long> Sticky(ParticipantShard shard)
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

    private static Func<int, long> Lookup(ParticipantShard shard)
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

    private static Func<int, long> Events(ParticipantShard shard, int metric, bool ids)
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

    private static ShardBatch WithIds(ShardBatchWriter writer, ShardBatch batch, ref ulong id)
    {
        writer.Clear();
        foreach (ref readonly var e in batch.Events)
        {
            writer.AddTrack(e.Key, e.Metric, e.Value, e.AtMs, Mix(++id));
        }

        return writer.Written;
    }

    private static Func<int, long> Held(ParticipantShard shard)
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

    private static Func<int, long> Replayed(ParticipantShard shard)
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

    private static (double, double) Replay(byte[] journal) => (Enumerable.Range(0, Rounds).Min(_ =>
    {
        var shard = new ParticipantShard(Plan());
        shard.Begin();
        var from = ThreadClock.Nanoseconds();
        shard.Entry(journal);
        return (double)(ThreadClock.Nanoseconds() - from) / People;
    }), 0);

    private static Func<int, long> Hash()
    {
        var identity = "user-00000000001"u8.ToArray();
        return first =>
        {
            ulong sum = 0;
            for (var i = 0; i < Window; i++)
            {
                identity[7] = (byte)i;
                sum ^= IdentityKey.Of(identity, new SipKey(1, 2));
            }

            return (long)(sum >> 1);
        };
    }

    private static void Snapshots(ParticipantShard shard)
    {
        var from = ThreadClock.Nanoseconds();
        var parts = shard.Snapshot();
        var taken = (ThreadClock.Nanoseconds() - from) / 1e6;
        from = ThreadClock.Nanoseconds();
        var back = new ParticipantShard(Plan());
        back.Begin();
        foreach (var part in parts)
        {
            back.SnapshotPart(part.Span);
        }

        back.End();
        var restored = (ThreadClock.Nanoseconds() - from) / 1e6;
        Console.WriteLine($"snapshot of {shard.Participants:N0} participants: {parts.Sum(p => (long)p.Length) / 1e6:0.0} MB in {parts.Count} parts, taken in {taken:0} ms, restored in {restored:0} ms");
    }

    /// <summary>Bytes that participants take, all in.</summary>
    internal static int Memory(int people)
    {
        const int Shards = 16;
        var plan = Plan() with { Metrics = [new("signup", MetricKind.Conversion)] };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var shards = Enumerable.Range(0, Shards).Select(_ => new ParticipantShard(plan)).ToArray();
        var log = new ShardLog();
        var worst = 0.0;
        for (var i = 0; i < people; i++)
        {
            var key = Key(i);
            log.Clear();
            shards[IdentityKey.Shard(key, Shards)].Assign(new ShardQuestion(key, (ushort)(key % 10_000), -1, ShardQuestionFlags.None, Noon), log);
            if (i >= people / 2 && i % 100_000 == 0)
            {
                worst = Math.Max(worst, (double)shards.Sum(s => s.RowBytes) / i);
            }
        }

        var perPerson = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / people;
        GC.KeepAlive(shards);
        var ok = perPerson <= 40 && worst <= 40;
        Console.WriteLine($"memory of {people:N0} participants in {Shards} shards, one conversion metric: {perPerson:0.0} bytes each all in (rows at worst {worst:0.0} on the way), floor 40 {(ok ? "" : "MISSED")}");
        return ok ? 0 : 1;
    }

    private static ShardBatch[] Batches(ulong[] keys, int metric) => [.. keys.Chunk(BatchSize).Select((chunk, n) =>
    {
        var writer = new ShardBatchWriter(BatchSize);
        for (var i = 0; i < chunk.Length; i++)
        {
            writer.AddTrack(chunk[i], metric, 1, Noon + 60_000_000 + (n * 1_000) + (i / 10));
        }

        return writer.Written;
    })];

    private static ulong[] RandomKeys()
    {
        var keys = new ulong[Asked];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = Key((int)(Mix((ulong)i) % People));
        }

        return keys;
    }

    private static ulong Key(int person) => Mix((ulong)person + 1) | 1;

    private static ulong Mix(ulong x)
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

    private static ShardPlan Plan() => new()
    {
        Generation = 1,
        Version = 1,
        Status = ExperimentStatus.Running,
        Alternatives = 2,
        Metrics = [new("signup", MetricKind.Conversion), new("revenue", MetricKind.Value)],
        Buckets = Enumerable.Range(0, ShardPlan.BucketCount).Select(b => (short)(b / 5_000)).ToArray(),
    };
}
