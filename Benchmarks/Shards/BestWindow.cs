using static Bandstand.Benchmarks.Shards.MadeUpPeople;

namespace Bandstand.Benchmarks.Shards;

/// <summary>Takes the best of many short windows, which finds the moments in which nobody else disturbs.</summary>
internal static class BestWindow
{
    public const int Rounds = 7;

    /// <summary>Where results go, so that no work can be left out.</summary>
    public static long Sink { get; set; }

    /// <summary>The best of many windows of <see cref="Window"/> operations each, which finds the moments in which nobody else disturbs.</summary>
    public static (double Ns, double Bytes) Best(Func<int, long> run)
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

    /// <summary>The best of several rounds of one walk over all people, as a time for each of them.</summary>
    public static (double Ns, double Bytes) OfWalk(Func<long> walk)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var from = ThreadClock.Nanoseconds();
            Sink += walk();
            best = Math.Min(best, (double)(ThreadClock.Nanoseconds() - from) / People);
        }

        return (best, 0);
    }
}
