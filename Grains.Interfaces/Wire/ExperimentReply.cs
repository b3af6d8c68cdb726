namespace Bandstand.Grains.Wire;

/// <summary>An experiment's state, or that the caller's is still the present one.</summary>
/// <param name="Version">The version of the present state.</param>
/// <param name="State">The state as a snapshot of its journal, or null: the caller has it.</param>
/// <param name="Refusal">Why there is none, as JSON, or null.</param>
[GenerateSerializer, Immutable, Alias("bandstand.experiment")]
public readonly record struct ExperimentReply([property: Id(0)] long Version, [property: Id(1)] byte[]? State, [property: Id(2)] byte[]? Refusal = null);

/// <summary>The states before and after a command, or why it was refused.</summary>
/// <param name="Before">As a snapshot of the journal.</param>
/// <param name="After">As a snapshot of the journal.</param>
/// <param name="Refusal">As JSON, or null.</param>
[GenerateSerializer, Immutable, Alias("bandstand.executed")]
public readonly record struct ExecuteReply([property: Id(0)] byte[]? Before, [property: Id(1)] byte[]? After, [property: Id(2)] byte[]? Refusal = null);

/// <summary>A cold answer: a value or a refusal, each as JSON.</summary>
/// <param name="Value">As JSON, or null when refused.</param>
/// <param name="Refusal">As JSON, or null.</param>
[GenerateSerializer, Immutable, Alias("bandstand.answer")]
public readonly record struct JsonReply([property: Id(0)] byte[]? Value, [property: Id(1)] byte[]? Refusal = null);

/// <summary>The catalogue, or that the caller's copy is still right.</summary>
/// <param name="Version">The present version.</param>
/// <param name="Entries">All entries as JSON, or null: the caller has them.</param>
[GenerateSerializer, Immutable, Alias("bandstand.catalogue")]
public readonly record struct CatalogueReply([property: Id(0)] long Version, [property: Id(1)] byte[]? Entries);

/// <summary>What an experiment tells a shard that reports: how many newcomers it may take before it reports again.</summary>
/// <param name="Quota">1 or more; <see cref="long.MaxValue"/>: never.</param>
[GenerateSerializer, Immutable, Alias("bandstand.orders")]
public readonly record struct ShardOrders([property: Id(0)] long Quota);

/// <summary>How many participants a shard has.</summary>
/// <param name="Shard">The shard's number.</param>
/// <param name="Participants">How many there are.</param>
[GenerateSerializer, Immutable, Alias("bandstand.count")]
public readonly record struct ShardCount([property: Id(0)] int Shard, [property: Id(1)] long Participants);

/// <summary>What a shard answers once a plan is in force and durable.</summary>
/// <param name="Participants">How many it has.</param>
[GenerateSerializer, Immutable, Alias("bandstand.switched")]
public readonly record struct SwitchReply([property: Id(0)] long Participants);
