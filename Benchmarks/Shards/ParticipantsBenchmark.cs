using Bandstand.Participants;
using static Bandstand.Benchmarks.Shards.BestWindow;
using static Bandstand.Benchmarks.Shards.MadeUpPeople;

namespace Bandstand.Benchmarks.Shards;

/// <summary>What does one shard cost: a question, an event, a replayed fact, a participant's memory?</summary>
/// <remarks>
/// One thread; keys are visited in random order, so every access misses the caches as it would in life. Best of several rounds, because
/// the machine may be shared; the floors are those of the design.
/// </remarks>
internal static class ParticipantsBenchmark
{
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
        Report("assign, known (sticky)", 60, () => Best(AssignmentMeasures.Sticky(shard)));
        Report("look up", 60, () => Best(AssignmentMeasures.Lookup(shard)));
        Report("assign, new, while growing from 0 to 1 M", 150, AssignmentMeasures.Growing);
        Report("assign, new, into 1 M", 150, () => AssignmentMeasures.New(People));
        Report("assign, new, into 1 M, 1 000 in a turn", 150, () => AssignmentMeasures.New(People, together: 1_000));
        Report("assign, new, into 10 k (all in the cache)", 150, () => AssignmentMeasures.New(10_000));
        Report("one event folded: conversion", 100, () => Best(EventMeasures.Events(shard, 0, ids: false)));
        Report("one event folded: value metric", 100, () => Best(EventMeasures.Events(shard, 1, ids: false)));
        Report("one event folded: conversion with id", 100, () => Best(EventMeasures.Events(shard, 0, ids: true)));
        Report("one event held", 100, () => Best(EventMeasures.Held(shard)));
        Report("one event replayed", 100, () => Best(EventMeasures.Replayed(shard)));
        Report("one assignment replayed into an empty shard", 100, () => EventMeasures.Replay(journal), bytes: false);
        Report("assign, new, split by one attribute", 300, () => AssignmentMeasures.Split().Growing);
        Report("statistics of one segment, a participant", 100, () => AssignmentMeasures.Split().Scored, bytes: false);
        Report("participants by segment, a participant", 100, () => AssignmentMeasures.Split().Counted, bytes: false);
        Report("hash of a 16-byte identity", 30, () => Best(Hash()));
        if (only.Length == 0 || full)
        {
            ShardMemory.Snapshots(shard);
            failed += ShardMemory.Memory(full ? 10_000_000 : 1_000_000);
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
}
