using Bandstand.Grains.Wire;
using Orleans.Concurrency;

namespace Bandstand.Grains;

/// <summary>Which experiments exist and what events they want. There is one: its key is <see cref="Key"/>.</summary>
[Alias("bandstand.ICatalogueGrain")]
public interface ICatalogueGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "catalogue";

    /// <summary>The catalogue, unless the caller has it.</summary>
    /// <param name="knownVersion">The version the caller has; −1: none.</param>
    [AlwaysInterleave, Alias("read")]
    ValueTask<CatalogueReply> Read(long knownVersion);

    /// <summary>Notes an experiment's new state; answers when it is durable.</summary>
    /// <param name="entry">A <see cref="Catalogue.CatalogueEntry"/> as JSON.</param>
    [Alias("update"), ResponseTimeout("00:00:10")]
    ValueTask Update([Immutable] byte[] entry);

    /// <summary>Wakes the running experiments, whose timers otherwise end with their silo.</summary>
    [AlwaysInterleave, Alias("wake")]
    ValueTask Wake();
}
