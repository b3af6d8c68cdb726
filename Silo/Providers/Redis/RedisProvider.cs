using Bandstand.Grains.Journal;
using Bandstand.Silo.Settings;
using Orleans.Persistence;
using Orleans.Storage;
using StackExchange.Redis;

namespace Bandstand.Silo.Providers.Redis;

/// <summary>
/// Membership and state in Redis. What Redis acknowledged survives a power loss only with <c>appendonly yes</c> and
/// <c>appendfsync always</c>, and a failover only if no replica is promoted that lags behind.
/// </summary>
internal sealed class RedisProvider : IClusterProvider
{
    public string Name => "redis";

    public void UseClustering(ISiloBuilder silo, SiloSettings settings)
        => silo.UseRedisClustering(options => options.ConfigurationOptions = Connection(settings));

    public void UseStorage(ISiloBuilder silo, SiloSettings settings, string name)
    {
        silo.Services.AddOptions<RedisStorageOptions>(name).Configure<IServiceProvider>((options, services) =>
            options.GrainStorageSerializer = new StoredBytesSerializer(services.GetRequiredService<IGrainStorageSerializer>()));
        silo.AddRedisGrainStorage(name, options =>
        {
            options.ConfigurationOptions = Connection(settings);

            // Names of deleted records are never used again, so nothing needs to remember them.
            options.DeleteStateOnClear = true;
        });
    }

    private static ConfigurationOptions Connection(SiloSettings settings)
    {
        try
        {
            var options = ConfigurationOptions.Parse(settings.RedisConnection!);

            // A silo that starts before its Redis waits for it.
            options.AbortOnConnectFail = false;
            return options;
        }
        catch (ArgumentException e)
        {
            throw new SiloSettingsException($"ConnectionStrings__Redis cannot be read ({e.Message}). Write it as host:6379,password=….");
        }
    }
}
