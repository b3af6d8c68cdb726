using Bandstand.Silo.Settings;

namespace Bandstand.Silo.Providers.Memory;

/// <summary>State in the memory of the silos: lost with the silo that holds it. For trying things out.</summary>
internal sealed class MemoryProvider : IClusterProvider
{
    public string Name => "memory";

    public void UseClustering(ISiloBuilder silo, SiloSettings settings)
        => throw new SiloSettingsException("clustering cannot be 'memory'. Set Silo__Clustering to sqlite, redis or azure.");

    public void UseStorage(ISiloBuilder silo, SiloSettings settings, string name) => silo.AddMemoryGrainStorage(name);
}
