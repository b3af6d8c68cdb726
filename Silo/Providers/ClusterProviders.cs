using Bandstand.Silo.Settings;

namespace Bandstand.Silo.Providers;

/// <summary>The providers that were built in. A feed without the packages of one can leave it out: see Silo.csproj.</summary>
internal static class ClusterProviders
{
    private static readonly IClusterProvider[] BuiltIn =
    [
        new Sqlite.SqliteProvider(),
        new Memory.MemoryProvider(),
#if REDIS
        new Redis.RedisProvider(),
#endif
#if AZURE
        new Azure.AzureProvider(),
#endif
    ];

    /// <exception cref="SiloSettingsException">It was left out of this build.</exception>
    public static IClusterProvider Named(string name)
        => BuiltIn.FirstOrDefault(provider => provider.Name == name)
            ?? throw new SiloSettingsException($"'{name}' was left out of this build. Build the Silo with -p:{char.ToUpperInvariant(name[0])}{name[1..]}=true.");
}
