using System.Diagnostics;
using System.Globalization;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Benchmarks;

/// <summary>What does it cost to make an entry durable? Run with a folder on the disk in question.</summary>
internal static class StorageBenchmark
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(4);

    /// <summary>Runs every scenario.</summary>
    /// <param name="args">The folder to write in (default: a temporary one).</param>
    public static int Run(string[] args)
    {
        var root = args.Length > 0 ? args[0] : Path.GetTempPath();
        Console.WriteLine("scenario                                  appends/s    groups/s    MB/s   p50 ms   p99 ms   max ms   CPU %   CPU us/append");
        Flush(root);
        Measure(root, "1 caller, 1 actor, 25 B", callers: 1, actors: 1, bytes: 25);
        Measure(root, "256 callers, 16 actors, 25 B", callers: 256, actors: 16, bytes: 25);
        Measure(root, "256 callers, 256 actors, 25 B", callers: 256, actors: 256, bytes: 25);
        Measure(root, "16 callers, 16 actors, 64 KB", callers: 16, actors: 16, bytes: 64 << 10);
        Measure(root, "4 callers, 4 actors, 1 MB", callers: 4, actors: 4, bytes: 1 << 20);
        Measure(root, "256 callers, 16 actors, 25 B, while ...", callers: 256, actors: 16, bytes: 25, snapshotMegabytes: 64);
        return 0;
    }

    /// <summary>The disk alone: one page written and flushed, again and again.</summary>
    private static void Flush(string root)
    {
        var path = Path.Combine(root, $"flush-{Environment.ProcessId}");
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose))
        {
            var page = new byte[4096];
            var times = new List<double>();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < Span / 4)
            {
                var began = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, page, times.Count % 1024 * page.Length);
                RandomAccess.FlushToDisk(file);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            Print("(the disk alone: 4 KB, flushed)", times, times.Count, 4096, watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);
        }
    }

    private static void Measure(string root, string name, int callers, int actors, int bytes, int snapshotMegabytes = 0)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, $"storage-benchmark-{Environment.ProcessId}")).FullName;
        try
        {
            MeasureIn(folder, name, callers, actors, bytes, snapshotMegabytes).GetAwaiter().GetResult();
            Recover(folder, actors).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureIn(string folder, string name, int callers, int actors, int bytes, int snapshotMegabytes)
    {
        var commits = 0;
        await using var store = SqliteJournalStore.Open(folder, new SqliteStoreOptions { Host = "benchmark", BeforeCommit = () => commits++ });
        var journals = Enumerable.Range(0, actors).Select(i => (Journal: store.Open(new ActorKey(ActorKind.Shard, "x", 1, i)), Gate: new Lock())).ToArray();
        var entry = new byte[bytes];
        Random.Shared.NextBytes(entry);
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var snapshots = Snapshots(store, snapshotMegabytes, watch);
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = new List<double>(1 << 14);
            var (journal, gate) = journals[caller % actors];
            while (watch.Elapsed < Span)
            {
                var began = Stopwatch.GetTimestamp();
                Task written;
                lock (gate)
                {
                    written = journal.Append(entry);
                }

                await written;
                mine.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return mine;
        })));
        if (await snapshots is > 0 and var taken)
        {
            Console.WriteLine($"  ... another actor takes snapshots of {snapshotMegabytes} MB ({taken})");
        }

        process.Refresh();
        Print(name, [.. times.SelectMany(mine => mine)], commits, bytes, watch.Elapsed, process.TotalProcessorTime - cpu);
    }

    private static async Task<int> Snapshots(SqliteJournalStore store, int megabytes, Stopwatch watch)
    {
        var taken = 0;
        var parts = Enumerable.Range(0, 4 * megabytes).Select(_ => (ReadOnlyMemory<byte>)new byte[256 << 10]).ToArray();
        for (var journal = store.Open(new ActorKey(ActorKind.Shard, "large", 1, 0)); megabytes > 0 && watch.Elapsed < Span; taken++)
        {
            await journal.Snapshot(parts);
        }

        return taken;
    }

    private static async Task Recover(string folder, int actors)
    {
        var watch = Stopwatch.StartNew();
        await using var store = SqliteJournalStore.Open(folder, new SqliteStoreOptions { Host = "benchmark" });
        var opened = watch.Elapsed;
        var counted = new CountingReplay[actors];
        for (var i = 0; i < actors; i++)
        {
            await store.Open(new ActorKey(ActorKind.Shard, "x", 1, i)).Recover(counted[i] = new CountingReplay());
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  opened in {opened.TotalMilliseconds:N0} ms, recovered one after another in {(watch.Elapsed - opened).TotalMilliseconds:N0} ms: {counted.Sum(c => c.Entries):N0} entries, {counted.Sum(c => c.Bytes) / 1e6:N0} MB"));
    }

    private sealed class CountingReplay : IJournalReplay
    {
        public long Entries { get; private set; }

        public long Bytes { get; private set; }

        public void Begin()
        {
        }

        public void SnapshotPart(ReadOnlySpan<byte> part) => Bytes += part.Length;

        public void Entry(ReadOnlySpan<byte> entry)
        {
            Entries++;
            Bytes += entry.Length;
        }

        public void End()
        {
        }
    }

    private static void Print(string name, List<double> times, int groups, int bytes, TimeSpan elapsed, TimeSpan cpu)
    {
        times.Sort();
        var seconds = elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-38} {times.Count / seconds,12:N0} {groups / seconds,11:N0} {times.Count / seconds * bytes / 1e6,7:N1} {times[times.Count / 2],8:N2} {times[times.Count * 99 / 100],8:N2} {times[^1],8:N1} {100 * cpu.TotalSeconds / seconds,7:N0} {cpu.TotalMicroseconds / times.Count,10:N1}"));
    }
}
