namespace Bandstand.Grains.Journal;

/// <summary>One record of a journal as grain storage sees it: bytes, nothing else.</summary>
/// <remarks>Mutable because grain storage fills it; whoever reads one owns it.</remarks>
[GenerateSerializer]
[Alias("bandstand.stored-bytes")]
public sealed class StoredBytes
{
    /// <summary>The bytes as written. Empty when there is no record.</summary>
    [Id(0)]
#pragma warning disable CA1819 // Copying 64 KB for each write would be the larger cost.
    public byte[] Data { get; set; } = [];
#pragma warning restore CA1819
}
