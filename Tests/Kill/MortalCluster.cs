using System.Diagnostics;
using System.Globalization;

namespace Bandstand.Tests.Kill;

/// <summary>Several silos over one folder, one of which is killed while the others go on. Callers take turns among those that live.</summary>
/// <param name="assembly">Bandstand.Silo.dll.</param>
/// <param name="folder">The data folder.</param>
/// <param name="silos">How many there are.</param>
/// <param name="seed">Decides who dies.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class MortalCluster(string assembly, string folder, int silos, int seed, CancellationToken cancellationToken) : MortalHost(cancellationToken)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly Random random = new(seed);
    private readonly Lock changing = new();
    private readonly List<TimeSpan> gaps = [];
    private List<ServerProcess> living = [];
    private TimeSpan ofTheDead;
    private TimeSpan usedAtKill;
    private long killedAt;
    private int turn;

    /// <summary>After each kill, how long it took until every survivor could ask every shard of every experiment.</summary>
    public IReadOnlyList<TimeSpan> Gaps => gaps;

    /// <summary>Processor time of all there were.</summary>
    public TimeSpan ProcessorTime => Living.Aggregate(ofTheDead, (sum, silo) => sum + silo.ProcessorTime);

    /// <summary>Those that live, in no order.</summary>
    public IReadOnlyList<ServerProcess> Living
    {
        get
        {
            lock (changing)
            {
                return [.. living];
            }
        }
    }

    /// <summary>The first silo alone, so that the others find a table; then they join at once.</summary>
    public override async Task Start()
    {
        await Join();
        await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => Join()));
    }

    public override async Task Kill()
    {
        ServerProcess dying;
        lock (changing)
        {
            dying = living[random.Next(living.Count)];
            living = [.. living.Where(one => one != dying)];
        }

        ofTheDead += dying.ProcessorTime;
        killedAt = Stopwatch.GetTimestamp();
        await dying.Kill();
        usedAtKill = ProcessorTime;
        dying.Dispose();
    }

    /// <summary>Waits until every shard answers through every survivor, then has another silo join.</summary>
    public override async Task<string> Revive()
    {
        await Task.WhenAll(Living.SelectMany(silo => KillRun.Experiments.Select(experiment => AnswersAgain(silo, experiment))));
        var gap = Stopwatch.GetElapsedTime(killedAt);
        var used = ProcessorTime - usedAtKill;
        gaps.Add(gap);
        var watch = Stopwatch.StartNew();
        await Join();
        return string.Create(CultureInfo.InvariantCulture, $"all shards answered again after {gap.TotalMilliseconds:N0} ms and {used.TotalMilliseconds:N0} ms of processor time, another silo joined in {watch.ElapsedMilliseconds:N0} ms");
    }

    public override async Task StartAfresh()
    {
        while (Living.Count > 0)
        {
            await Kill();
        }

        try
        {
            await Join();
        }
        catch (InvalidOperationException)
        {
            // Without locks that tell that the others are gone the first newcomer gives up, and is started again.
            await Join();
        }
    }

    public override void Dispose()
    {
        foreach (var silo in Living)
        {
            silo.Dispose();
        }
    }

    // Only tests that kill everybody at the end have a moment without any, and nobody sends then.
    protected override Task<ServerProcess> Somebody()
    {
        lock (changing)
        {
            return Task.FromResult(living[turn++ % living.Count]);
        }
    }

    private async Task Join()
    {
        var silo = await ServerProcess.Start(assembly, folder, CancellationToken);
        lock (changing)
        {
            living = [.. living, silo];
        }
    }

    private async Task AnswersAgain(ServerProcess silo, string experiment)
    {
        // A verdict is of all shards or none.
        while (await Ask(silo, HttpMethod.Get, $"/v1/experiments/{experiment}/score") is null)
        {
            await Task.Delay(BetweenLooks, CancellationToken);
        }
    }
}
