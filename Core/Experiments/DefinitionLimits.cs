namespace Bandstand.Experiments;

/// <summary>How large a definition may be. Documented in docs/problems.md; a definition past a limit is refused, never cut.</summary>
public static class DefinitionLimits
{
    /// <summary>Bytes of the whole JSON text: 1 MiB.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>Levels of nesting of the JSON text.</summary>
    public const int Depth = 32;

    /// <summary>The least number of alternatives.</summary>
    public const int FewestAlternatives = 2;

    /// <summary>The greatest number of alternatives, those that were removed included.</summary>
    public const int MostAlternatives = 256;

    /// <summary>Characters of an alternative's key.</summary>
    public const int KeyLength = 64;

    /// <summary>Bytes of an alternative's value as minimal JSON text: 64 KiB.</summary>
    public const int ValueBytes = 1 << 16;

    /// <summary>The greatest weight an alternative may start with.</summary>
    public const double GreatestWeight = 1e9;

    /// <summary>The greatest number of metrics.</summary>
    public const int MostMetrics = 64;

    /// <summary>The greatest number of metrics over the life of a generation, those that were removed included.</summary>
    public const int MostMetricsEver = 256;

    /// <summary>The greatest number of attributes to split results by.</summary>
    public const int MostSegments = 8;

    /// <summary>Characters of a metric's id.</summary>
    public const int MetricLength = 128;

    /// <summary>Bytes of a metric's id in UTF-8.</summary>
    public const int MetricBytes = 256;

    /// <summary>Characters of the display name.</summary>
    public const int NameLength = 256;

    /// <summary>Characters of the description.</summary>
    public const int DescriptionLength = 10_000;

    /// <summary>Characters of the seed.</summary>
    public const int SeedLength = 256;

    /// <summary>Characters of a layer's name and of the hash attribute.</summary>
    public const int WordLength = 128;

    /// <summary>Characters of the reason given with weights set by hand.</summary>
    public const int ReasonLength = 1_000;

    /// <summary>The greatest number of shards.</summary>
    public const int MostShards = 1_024;

    /// <summary>How many errors are listed; the rest is only counted.</summary>
    public const int ListedErrors = 100;

    /// <summary>The longest duration.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(3_660);

    /// <summary>The shortest time between two rebalances and the shortest timestep.</summary>
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);
}
