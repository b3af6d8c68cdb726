using System.Net;

namespace Bandstand.Silo.Settings;

/// <summary>What a silo is told about its cluster. Immutable.</summary>
internal sealed record SiloSettings
{
    /// <summary>Where the silos find each other: <c>sqlite</c> (one machine), <c>redis</c> or <c>azure</c>.</summary>
    public string Clustering { get; init; } = "sqlite";

    /// <summary>Where the actors' state is: <c>sqlite</c> (one machine), <c>redis</c>, <c>azure</c> or <c>memory</c> (lost with the silo).</summary>
    public string Storage { get; init; } = "sqlite";

    /// <summary>The folder of the shared file, for <c>sqlite</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Of Redis, such as <c>host:6379,password=…</c>.</summary>
    public string? RedisConnection { get; init; }

    /// <summary>Of an Azure Storage account.</summary>
    public string? AzureConnection { get; init; }

    /// <summary>Silos of the same cluster share it.</summary>
    public string ClusterId { get; init; } = "bandstand";

    /// <summary>Names the data; a cluster that replaces another keeps it.</summary>
    public string ServiceId { get; init; } = "bandstand";

    /// <summary>This silo's name, or null for one of its address.</summary>
    public string? SiloName { get; init; }

    /// <summary>Where the other silos reach this one.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>For the other silos; null: 11111, or on loopback the first free one from there.</summary>
    public int? SiloPort { get; init; }

    /// <summary>For Orleans clients; null: 30000, or on loopback the first free one from there.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>True when several machines may take part, so that loopback would not do.</summary>
    public bool SpansMachines => Clustering != "sqlite";
}
