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
        var siloPort = settings.SiloPort ?? (settings.SpansMachines ? EndpointOptions.DEFAULT_SILO_PORT : FreePort.From(EndpointOptions.DEFAULT_SILO_PORT));
        var gatewayPort = settings.GatewayPort ?? (settings.SpansMachines ? EndpointOptions.DEFAULT_GATEWAY_PORT : FreePort.From(EndpointOptions.DEFAULT_GATEWAY_PORT));
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

    /// <summary>Two missed probes of a second each: shards of a killed silo answer again after two to three seconds.</summary>
    private static void NoticeDeathSoon(ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            options.MaxJoinAttemptTime = TimeSpan.FromSeconds(20);
            options.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        silo.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }
}
