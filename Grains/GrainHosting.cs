using Microsoft.Extensions.DependencyInjection;

namespace Bandstand.Grains;

/// <summary>Registers what the grains need in a silo.</summary>
public static class GrainHosting
{
    /// <summary>Adds the grains' options. Grain storage named <see cref="StorageNames.Bandstand"/> must be registered beside it.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">How the grains run, or null for the defaults.</param>
    public static ISiloBuilder UseBandstandGrains(this ISiloBuilder silo, GrainOptions? options = null)
    {
        silo.Services.AddSingleton(options ?? new GrainOptions());
        return silo;
    }
}
