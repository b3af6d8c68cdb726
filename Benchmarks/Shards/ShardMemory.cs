using Bandstand.Experiments;
using Bandstand.Participants;
using static Bandstand.Benchmarks.Shards.MadeUpPeople;

namespace Bandstand.Benchmarks.Shards;

/// <summary>What participants take: in memory, and in a snapshot.</summary>
internal static class ShardMemory
{
    public static void Snapshots(ParticipantShard shard)
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
    public static int Memory(int people)
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
}
