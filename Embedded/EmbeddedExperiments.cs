using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Bandstand.Embedded.Catalogue;
using Bandstand.Embedded.Events;
using Bandstand.Embedded.Experiments;
using Bandstand.Embedded.Participants;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Embedded;

/// <summary>
/// All of Bandstand in this process: experiments, shards and timesteps as plain objects behind their own locks, and one file.
/// </summary>
/// <remarks>
/// Thread-safe. Open it once per data folder; a second opener is refused. Dispose it to flush and to let others open the
/// folder; what was answered as done is durable before that.
/// </remarks>
public sealed partial class EmbeddedExperiments : IExperiments, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ExperimentHost> hosts = new(StringComparer.Ordinal);
    private readonly IJournalStore store;
    private readonly EmbeddedOptions options;
    private readonly MetricTotalsHost totals;
    private readonly Ticker ticker;
    private readonly Lock publishing = new();
    private IngestMap ingest = IngestMap.Empty;

    private EmbeddedExperiments(IJournalStore store, EmbeddedOptions options)
    {
        this.store = store;
        this.options = options;
        totals = new MetricTotalsHost(store, options.SnapshotBytes);
        ticker = new Ticker(options, RunDueAsync);
    }

    /// <summary>Opens a data folder, which is created when it is missing.</summary>
    /// <param name="folder">The folder; one process at a time has it open.</param>
    /// <param name="options">How to run, or null for the defaults.</param>
    /// <exception cref="StorageException">The folder cannot be used; the message says why and what to do.</exception>
    public static ValueTask<EmbeddedExperiments> OpenAsync(string folder, EmbeddedOptions? options = null) =>
        OpenAsync(SqliteJournalStore.Open(folder, new SqliteStoreOptions { Host = "server" }), options);

    /// <summary>Opens on any store of journals, which it owns from then on.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How to run, or null for the defaults.</param>
    /// <exception cref="StorageException">What is stored cannot be read; the message says why and what to do.</exception>
    public static async ValueTask<EmbeddedExperiments> OpenAsync(IJournalStore store, EmbeddedOptions? options = null)
    {
        var engine = new EmbeddedExperiments(store, options ?? new EmbeddedOptions());
        try
        {
            await engine.LoadAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs everything that is due by the clock. The engine does so by itself at every tick.</summary>
    public async Task RunDueAsync()
    {
        foreach (var host in hosts.Values)
        {
            try
            {
                await host.RunDue();
            }
#pragma warning disable CA1031 // One experiment's failure must not keep the others from what is due for them.
            catch (Exception error)
#pragma warning restore CA1031
            {
                options.Failed?.Invoke(error);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ticker.DisposeAsync();
        await store.DisposeAsync();
        foreach (var host in hosts.Values)
        {
            host.Dispose();
        }
    }

    private async ValueTask LoadAsync()
    {
        try
        {
            var actors = store.List();
            Parallel.ForEach(actors.Where(actor => actor.Kind == ActorKind.Experiment), actor => HostOf(actor.Name).Load());
            LoadTotals();

            // All of it can be read, so from here on something may be written.
            Parallel.ForEach(hosts.Values, host => host.Begin());
            PublishRoutes();
            var swept = actors.Where(IsLeftOver).ToList();
            if (swept.Count > 0)
            {
                await store.Drop(swept);
            }
        }
        catch (AggregateException several) when (several.Flatten().InnerExceptions is [var first, ..])
        {
            // Many experiments are loaded at once, and what fails one mostly fails all: one reason is enough.
            if (first is JournalUnavailableException unavailable)
            {
                throw CannotLoad(unavailable);
            }

            ExceptionDispatchInfo.Throw(first);
        }
        catch (JournalUnavailableException unavailable)
        {
            throw CannotLoad(unavailable);
        }

        ticker.Start();
    }

    /// <summary>Damaged totals stop themselves only.</summary>
    private void LoadTotals()
    {
        try
        {
            totals.Load();
        }
        catch (JournalDamagedException damage)
        {
            options.Failed?.Invoke(damage);
        }
    }

    private static StorageException CannotLoad(JournalUnavailableException unavailable) =>
        new(unavailable.Code, $"The experiments cannot be loaded: {unavailable.Message} Then start again.", unavailable);

    /// <summary>True for what an older generation left behind; never for a damaged experiment's rows.</summary>
    private bool IsLeftOver(ActorKey actor) =>
        actor.Kind is ActorKind.Shard or ActorKind.Timestep
        && hosts.TryGetValue(actor.Name, out var host) && host.Damage is null
        && (host.Live is null || actor.Generation != host.Live.Plan.Generation);

    private ExperimentHost HostOf(string id) =>
        hosts.GetOrAdd(id, name => new ExperimentHost(name, store, options, PublishRoutes));

    private void PublishRoutes()
    {
        lock (publishing)
        {
            Volatile.Write(ref ingest, IngestMap.Of(hosts.Values));
        }
    }

    /// <summary>The live experiment of an id, or why there is none.</summary>
    private LiveExperiment? Find(string experiment, out ExperimentHost host, out Refusal? refusal)
    {
        if ((!Volatile.Read(ref ingest).Hosts.TryGetValue(experiment, out host!) && !hosts.TryGetValue(experiment, out host!))
            || (host.Live is null && host.Damage is null))
        {
            refusal = HostRefusals.NotFound(experiment);
            return null;
        }

        refusal = host.Damage;
        return refusal is null ? host.Live : null;
    }

    /// <summary>Tells what the store said to whoever keeps the log, and the refusal to the caller.</summary>
    private Refusal Unavailable(JournalUnavailableException error)
    {
        options.Failed?.Invoke(error);
        return HostRefusals.Unavailable(error.Code);
    }

    /// <summary>Turns what the store throws into the refusal that callers see.</summary>
    private async ValueTask<Answer<T>> Guard<T>(string experiment, Func<ValueTask<Answer<T>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (JournalUnavailableException error)
        {
            return Unavailable(error);
        }
        catch (JournalDamagedException error)
        {
            options.Failed?.Invoke(error);
            return HostRefusals.Damaged(error.Actor.Name.Length > 0 ? error.Actor.Name : experiment);
        }
    }
}
