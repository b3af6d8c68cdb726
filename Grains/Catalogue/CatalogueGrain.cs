using Bandstand.Catalogue;
using Bandstand.Experiments;
using Bandstand.Grains.Journal;
using Bandstand.Grains.Wire;

namespace Bandstand.Grains.Catalogue;

/// <summary>The one catalogue. Its version only grows, also over restarts, so that a copy of it can be trusted.</summary>
[GrainType("bandstand-catalogue")]
[KeepAlive]
internal sealed class CatalogueGrain(
    [PersistentState("catalogue", StorageNames.Bandstand)] IPersistentState<StoredBytes> document, GrainOptions options) : ActorGrain(options), ICatalogueGrain
{
    private Document present = new(0, []);
    private (long Version, byte[] Entries) written;

    /// <summary>What is stored.</summary>
    internal sealed record Document(long Version, IReadOnlyList<CatalogueEntry> Entries);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (document.State.Data.Length > 0)
        {
            Show(WireJson.Read<Document>(document.State.Data));
        }
        else
        {
            Show(present);
        }

        return Task.CompletedTask;
    }

    public ValueTask<CatalogueReply> Read(long knownVersion)
        => new(new CatalogueReply(written.Version, written.Version == knownVersion ? null : written.Entries));

    public async ValueTask Update(byte[] entry)
    {
        var added = WireJson.Read<CatalogueEntry>(entry);
        var known = present.Entries.FirstOrDefault(e => string.Equals(e.Id, added.Id, StringComparison.Ordinal));
        if (known is not null && (known.Version >= added.Version || WireJson.Write(known with { Version = added.Version }).AsSpan().SequenceEqual(entry)))
        {
            return;
        }

        var next = new Document(present.Version + 1, [.. present.Entries.Where(e => e != known), added]);
        await Save(document, next, "The catalogue");
        Show(next);
    }

    public ValueTask Wake()
    {
        foreach (var entry in present.Entries.Where(e => e.Status == ExperimentStatus.Running))
        {
            GrainFactory.GetGrain<IExperimentGrain>(entry.Id).Wake().AsTask().Ignore();
        }

        return default;
    }

    private void Show(Document document)
    {
        present = document;
        written = (document.Version, WireJson.Write(document.Entries));
    }
}
