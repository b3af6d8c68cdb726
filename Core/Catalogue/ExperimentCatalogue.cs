using System.Collections.Immutable;
using Bandstand.Events;
using Bandstand.Ports;

namespace Bandstand.Catalogue;

/// <summary>
/// What exists and which metric feeds what: an immutable index that every host keeps a copy of. A host compares
/// <see cref="Version"/> once per batch; while it is the same, no event can be lost to an experiment it does not know.
/// </summary>
/// <remarks>
/// Thread-safe. Entries may arrive in any order and more than once: the newest state of each experiment wins, deleted ones
/// are remembered so that a straggler cannot bring them back, and the same entry again changes nothing.
/// </remarks>
public sealed class ExperimentCatalogue
{
    private readonly ImmutableSortedDictionary<string, CatalogueEntry> entries;
    private readonly Lazy<EventRoutes> routes;
    private readonly Lazy<ImmutableSortedDictionary<string, ImmutableArray<string>>> byMetric;

    private ExperimentCatalogue(ImmutableSortedDictionary<string, CatalogueEntry> entries, long version)
    {
        this.entries = entries;
        Version = version;
        routes = new(() => new EventRoutes([.. entries.Values.Where(e => e.Route is not null).Select(e => e.Route!)]));
        byMetric = new(() => entries.Values
            .SelectMany(e => (e.Route?.Metrics ?? []).Where(m => m.Active).Select(m => (m.Id, Experiment: e.Id)))
            .Distinct()
            .GroupBy(pair => pair.Id, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Select(pair => pair.Experiment).ToImmutableArray(), StringComparer.Ordinal));
    }

    /// <summary>Nothing was ever defined.</summary>
    public static ExperimentCatalogue Empty { get; } = new(ImmutableSortedDictionary.Create<string, CatalogueEntry>(StringComparer.Ordinal), 0);

    /// <summary>Counts changes.</summary>
    public long Version { get; }

    /// <summary>Where events go, made when first asked for.</summary>
    public EventRoutes Routes => routes.Value;

    /// <summary>Every metric that an experiment counts, with the experiments' ids, whatever their status.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Metrics => byMetric.Value;

    /// <summary>The experiments that exist, by id.</summary>
    public IEnumerable<CatalogueEntry> Entries => entries.Values.Where(e => e.Status is not null);

    /// <summary>A catalogue of these entries.</summary>
    /// <param name="entries">Entries in any order; of several of one experiment the newest counts.</param>
    public static ExperimentCatalogue Of(IEnumerable<CatalogueEntry> entries) => entries.Aggregate(Empty, (catalogue, entry) => catalogue.With(entry));

    /// <summary>The catalogue with an entry, or this one when it knows that state or a newer one.</summary>
    /// <param name="entry">The entry.</param>
    public ExperimentCatalogue With(CatalogueEntry entry)
        => entries.TryGetValue(entry.Id, out var known) && known.Version >= entry.Version ? this : new(entries.SetItem(entry.Id, entry), Version + 1);

    /// <summary>The entry of an experiment that exists, or null.</summary>
    /// <param name="id">Its id.</param>
    public CatalogueEntry? Find(string id) => entries.TryGetValue(id, out var entry) && entry.Status is not null ? entry : null;

    /// <summary>One page of the experiments that exist, by id.</summary>
    /// <param name="after">The last id of the page before, or null.</param>
    /// <param name="limit">How many at most, 1 or more.</param>
    public Page<CatalogueEntry> List(string? after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var page = Entries.Where(e => after is null || string.CompareOrdinal(e.Id, after) > 0).Take(limit + 1).ToList();
        return page.Count <= limit ? new(page, null) : new(page[..limit], page[limit - 1].Id);
    }
}
