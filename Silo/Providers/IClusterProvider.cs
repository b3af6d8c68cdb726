using Bandstand.Silo.Settings;

namespace Bandstand.Silo.Providers;

/// <summary>One way to find the other silos, to keep state, or both.</summary>
internal interface IClusterProvider
{
    /// <summary>The name in the settings.</summary>
    string Name { get; }

    /// <summary>Registers the membership.</summary>
    void UseClustering(ISiloBuilder silo, SiloSettings settings);

    /// <summary>Registers grain storage under a name. It must refuse a write whose ETag is not the stored one.</summary>
    void UseStorage(ISiloBuilder silo, SiloSettings settings, string name);
}
