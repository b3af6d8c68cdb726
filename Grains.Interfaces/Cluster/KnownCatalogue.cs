using Bandstand.Catalogue;
using Bandstand.Events;
using Bandstand.Grains.Wire;

namespace Bandstand.Grains;

/// <summary>One version of the catalogue with the routes it gives.</summary>
/// <param name="Version">The catalogue's own version.</param>
/// <param name="Catalogue">What exists.</param>
internal sealed record CatalogueCopy(long Version, ExperimentCatalogue Catalogue)
{
    public EventRoutes Routes => Catalogue.Routes;
}

/// <summary>
/// This front end's copy of the catalogue. Its version is checked once for all who ask meanwhile, so that an event that
/// arrives after a definition was acknowledged is never lost to it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class KnownCatalogue
{
    private readonly ICatalogueGrain grain;
    private readonly Coalesced<CatalogueCopy> checks;
    private CatalogueCopy copy = new(-1, ExperimentCatalogue.Empty);

    public KnownCatalogue(IGrainFactory grains)
    {
        grain = grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key);
        checks = new Coalesced<CatalogueCopy>(Check);
    }

    /// <summary>A copy that was the present one at some time after this call.</summary>
    public Task<CatalogueCopy> Fresh() => checks.Ask();

    private async Task<CatalogueCopy> Check()
    {
        var reply = await grain.Read(copy.Version);
        if (reply.Entries is { } entries)
        {
            Volatile.Write(ref copy, new CatalogueCopy(reply.Version, ExperimentCatalogue.Of(WireJson.Read<CatalogueEntry[]>(entries))));
        }

        return copy;
    }
}
