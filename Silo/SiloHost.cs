using System.Net;
using Bandstand.Grains;
using Bandstand.Silo.Providers;
using Bandstand.Silo.Settings;
using Orleans.Configuration;

namespace Bandstand.Silo;

/// <summary>Sets a silo up: identity, membership, storage, and how soon a dead silo is noticed.</summary>
internal static class SiloHost
{
    /// <summary>A call that was not answered by then is answered 503; whoever called sends it again.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="SiloSettingsException">A provider cannot be used.</exception>
    public static ISiloBuilder UseBandstand(this ISiloBuilder silo, SiloSettings settings)
    {
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
        silo.Configure<SiloOptions>(options => options.SiloName = settings.SiloName ?? $"{Environment.MachineName}-{Environment.ProcessId}");
        UseEndpoints(silo, settings);
        NoticeDeathSoon(silo);
        ClusterProviders.Named(settings.Clustering).UseClustering(silo, settings);
        ClusterProviders.Named(settings.Storage).UseStorage(silo, settings, StorageNames.Bandstand);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StorageCheck>();
        return silo;
    }

    private static void UseEndpoints(ISiloBuilder silo, SiloSettings settings)
    {
        // On one machine a silo that comes back takes the port it had, which tells the others at once that the old one is gone.
        var alone = !settings.SpansMachines || IPAddress.IsLoopback(settings.Address);
        var siloPort = settings.SiloPort ?? (alone ? FreePort.From(EndpointOptions.DEFAULT_SILO_PORT) : EndpointOptions.DEFAULT_SILO_PORT);
        var gatewayPort = settings.GatewayPort ?? (alone ? FreePort.From(EndpointOptions.DEFAULT_GATEWAY_PORT) : EndpointOptions.DEFAULT_GATEWAY_PORT);
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = settings.Address;
            options.SiloPort = siloPort;
            options.GatewayPort = gatewayPort;
            var listen = IPAddress.IsLoopback(settings.Address) ? settings.Address : IPAddress.Any;
            options.SiloListeningEndpoint = new IPEndPoint(listen, siloPort);
            options.GatewayListeningEndpoint = new IPEndPoint(listen, gatewayPort);
        });
    }

    /// <summary>Shards of a killed silo are to answer again within five seconds: two to three to notice, the rest to load them.</summary>
    /// <remarks>
    /// <para>Left as they are: two votes for a death (of three silos both others, of two the one that is left), probes through a third
    /// silo, and the news of a death by gossip.</para>
    /// <para>The API asks in its own silo, so no gateway list is refreshed; a client process of its own would have to lower
    /// <c>GatewayListRefreshPeriod</c> from its minute. The grain directory is Orleans' own in memory: a dead silo's part of it is made
    /// anew when its death is known, and should a grain begin twice meanwhile, the claim in its journal stops the older one.</para>
    /// </remarks>
    private static void NoticeDeathSoon(ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            // One probe that is missed directly and one through another silo. Shorter, and a long pause of the collector is a death.
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;

            // For a silo that missed the gossip.
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);

            // A row that missed three of these is nobody's. A cluster that was killed as a whole can start again then, which must
            // be before a joining silo gives up.
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);

            // When all died at once nobody has buried them. A newcomer buries those that had said nothing for three times five
            // seconds when it started, so it must give up later than that: its next start succeeds.
            options.MaxJoinAttemptTime = TimeSpan.FromSeconds(20);

            // Every start of a process leaves a row.
            options.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });

        // Whoever waits for a silo that dies learns it before its death is known, and may ask again elsewhere.
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        silo.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }
}
