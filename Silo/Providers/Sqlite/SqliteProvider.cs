using Bandstand.Grains.Journal;
using Bandstand.Silo.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>Membership and state in one SQLite file, shared by the silos of one machine.</summary>
internal sealed class SqliteProvider : IClusterProvider
{
    public string Name => "sqlite";

    public void UseClustering(ISiloBuilder silo, SiloSettings settings)
    {
        UseFile(silo, settings);
        silo.Services.AddSingleton(_ => new SiloLocks(settings.DataFolder));
        silo.Services.AddSingleton<IMembershipTable, SqliteMembershipTable>();
    }

    public void UseStorage(ISiloBuilder silo, SiloSettings settings, string name)
    {
        UseFile(silo, settings);
        silo.Services.AddGrainStorage(name, (services, _) => new SqliteGrainStorage(
            services.GetRequiredService<SiloDatabase>(),
            new StoredBytesSerializer(services.GetRequiredService<IGrainStorageSerializer>())));
    }

    private static void UseFile(ISiloBuilder silo, SiloSettings settings)
        => silo.Services.TryAddSingleton(_ => new SiloDatabase(settings.DataFolder));
}
