using System.Globalization;
using System.Text;
using System.Text.Json;
using Bandstand.Catalogue;
using Bandstand.Embedded;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Benchmarks;

/// <summary>What does one event cost, from a line of NDJSON to the disk, and which part of it where?</summary>
internal static class IngestBenchmark
{
    private const int Lines = 12_500;
    private const int Bodies = 24;
    private const int Shards = 16;
    private const int Rounds = 6;

    public static async Task Run(FigureTable table)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (!table.IsAsked("event:"))
        {
            return;
        }

        byte[][] bodies = [.. Enumerable.Range(0, Bodies).Select(number => Body(number, now))];
        const string reader = "a line of JSON read by Utf8JsonReader alone";
        table.Measure(reader, null, () => FigureTable.Best(Lines, Bodies, number => Read(bodies[number]), rounds: Rounds));
        Parts(table, bodies, now.ToUnixTimeMilliseconds() + 60_000, reader);

        var folder = Directory.CreateTempSubdirectory("bandstand-ingest-").FullName;
        try
        {
            await using (var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore(), new EmbeddedOptions { SnapshotBytes = long.MaxValue }))
            {
                await Measure(table, engine, bodies, "event: all in, journal in memory", reader);
            }

            await using (var engine = await EmbeddedExperiments.OpenAsync(folder))
            {
                await Measure(table, engine, bodies, "event: all in, durable", reader);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Processor time of the whole process: the writer's thread and the collector's are part of the price.</summary>
    private static async Task Measure(FigureTable table, EmbeddedExperiments engine, byte[][] bodies, string what, string against)
    {
        await engine.Define("price", """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""");
        await EngineBenchmark.Enrol(engine);
        var (ns, bytes) = (double.MaxValue, double.MaxValue);
        for (var number = 0; number < Rounds * bodies.Length; number++)
        {
            var before = GC.GetTotalAllocatedBytes();
            var from = ThreadClock.ProcessNanoseconds();
            var receipt = (await engine.Ingest(new EventBatch(bodies[number % bodies.Length], EventFormat.Lines, new ProducerSequence("benchmark", number)))).Value;
            ns = Math.Min(ns, (double)(ThreadClock.ProcessNanoseconds() - from) / Lines);
            bytes = Math.Min(bytes, (double)(GC.GetTotalAllocatedBytes() - before) / Lines);
            if (receipt.Accepted != Lines)
            {
                throw new InvalidOperationException($"Of {Lines} events {receipt.Accepted} counted.");
            }
        }

        table.Print(what, 500, (ns, bytes), against);
    }

    private static void Parts(FigureTable table, byte[][] bodies, long nowMs, string against)
    {
        var key = new SipKey(1, 2);
        var plan = new ShardPlan
        {
            Generation = 1,
            Version = 1,
            Status = ExperimentStatus.Running,
            Alternatives = 2,
            Metrics = [new MetricSlot("signup", MetricKind.Conversion)],
            Buckets = Enumerable.Range(0, ShardPlan.BucketCount).Select(bucket => (short)(bucket / 5_000)).ToArray(),
        };
        var routes = new EventRoutes([new RouteTarget("price", 1, key, Shards, true, plan.Metrics, ["a", "b"], false)]);
        ParticipantShard[] shards = [.. Enumerable.Range(0, Shards).Select(_ => new ParticipantShard(plan))];
        var log = new ShardLog(1 << 20);
        for (var number = 0; number < 1_000_000; number++)
        {
            log.Clear();
            var person = IdentityKey.Of(Encoding.UTF8.GetBytes(EngineBenchmark.Identity(number)), key);
            shards[IdentityKey.Shard(person, Shards)].Assign(new ShardQuestion(person, (ushort)(person % 10_000), -1, ShardQuestionFlags.None, nowMs - 3_600_000), log);
        }

        EventRouter[] routers = [.. bodies.Select(_ => new EventRouter())];
        table.Measure("event: parse and route", null, () => FigureTable.Best(Lines, Bodies, number => Route(routers[number], routes, bodies[number], nowMs), rounds: Rounds), against);
        var verdicts = new EventVerdict[Lines];
        table.Measure("event: shards", 100, () => FigureTable.Best(Lines, Bodies, number => Apply(routers[number], shards, nowMs, verdicts, log), rounds: Rounds), against);
        var totals = new MetricTotals();
        table.Measure("event: totals and the receipt", null, () => FigureTable.Best(Lines, Bodies, number => Answer(routers[number], totals, nowMs, verdicts), rounds: Rounds), against);
    }

    private static long Route(EventRouter router, EventRoutes routes, byte[] body, long nowMs)
    {
        router.Route(new EventBatch(body, EventFormat.Lines), routes, nowMs);
        return router.LegCount;
    }

    private static long Apply(EventRouter router, ParticipantShard[] shards, long nowMs, EventVerdict[] verdicts, ShardLog log)
    {
        var journal = 0L;
        for (var number = 0; number < router.LegCount; number++)
        {
            var leg = router.Legs[number];
            log.Clear();
            shards[leg.Shard].Apply(leg.Writer.Written, nowMs, verdicts, log);
            journal += log.Written.Length;
        }

        return journal;
    }

    private static long Answer(EventRouter router, MetricTotals totals, long nowMs, EventVerdict[] verdicts)
    {
        totals.Apply(router.Tally, nowMs);
        for (var number = 0; number < router.LegCount; number++)
        {
            var leg = router.Legs[number];
            router.Answered(leg, verdicts.AsSpan(0, leg.Count));
        }

        return router.Receipt().Accepted;
    }

    private static long Read(ReadOnlySpan<byte> body)
    {
        long tokens = 0;
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'\n');
            var reader = new Utf8JsonReader(body[..end]);
            while (reader.Read())
            {
                tokens++;
            }

            body = body[(end + 1)..];
        }

        return tokens;
    }

    /// <summary>Lines of 78 bytes about random participants, a moment after everybody was assigned.</summary>
    private static byte[] Body(int number, DateTimeOffset now)
    {
        var random = new Random(number);
        var body = new StringBuilder();
        for (var line = 0; line < Lines; line++)
        {
            body.Append(CultureInfo.InvariantCulture, $$"""{"metric":"signup","identity":"{{EngineBenchmark.Identity(random.Next(1_000_000))}}","at":"{{now.AddSeconds(60 + (number * 4) + (line / 5_000)).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(body.ToString());
    }
}
