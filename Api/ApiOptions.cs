using Bandstand.Assignment;

namespace Bandstand.Api;

/// <summary>What the HTTP API allows and takes. Immutable; every limit has a default that suits one small machine.</summary>
public sealed record ApiOptions
{
    /// <summary>The key that may do everything, or null: then every caller may (for loopback only).</summary>
    public string? AdminKey { get; init; }

    /// <summary>The key that may assign and send events only, or null. It needs <see cref="AdminKey"/> beside it.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Origins whose pages may call from a browser (such as <c>https://shop.example</c>), or <c>*</c> for all. Empty: none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The longest JSON body of a definition or command, in bytes. 1 MiB.</summary>
    public int MaxJsonBytes { get; init; } = 1 << 20;

    /// <summary>The longest body of assignments, in bytes. 16 MiB: 10 000 identities of the greatest length fit.</summary>
    public int MaxAssignmentBytes { get; init; } = 16 << 20;

    /// <summary>The most identities of one assignment request. 10 000.</summary>
    public int MaxIdentities { get; init; } = AssignmentRequests.Most;

    /// <summary>The longest body of events that names a producer or is a JSON array, in bytes. 8 MiB.</summary>
    public int MaxBatchBytes { get; init; } = 8 << 20;

    /// <summary>The longest body of a timestep's observations without a producer, in bytes; it is applied as one. 64 MiB.</summary>
    public int MaxObservationBytes { get; init; } = 64 << 20;

    /// <summary>A body of lines without a producer is applied in pieces of about this size, in bytes. 1 MiB.</summary>
    public int PieceBytes { get; init; } = 1 << 20;

    /// <summary>A longer line is rejected (that line only), in bytes without its line break. 64 KiB.</summary>
    public int MaxLineBytes { get; init; } = 64 << 10;

    /// <summary>A body of lines without a producer waits this long for more before what has arrived is applied. 20 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>A body of lines without a producer may say nothing for this long. 2 minutes.</summary>
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The most bytes of request bodies that are held at once; over it requests are answered 429. 256 MiB.</summary>
    public long MaxBufferedBytes { get; init; } = 256L << 20;

    /// <summary>The most requests that are worked on at once; over it they are answered 429. 8 192.</summary>
    public int MaxRequests { get; init; } = 8_192;

    /// <summary>The most open <c>stream</c> connections; over it they are answered 429. 256.</summary>
    public int MaxStreams { get; init; } = 256;

    /// <summary>How often a <c>stream</c> looks for news. 1 second.</summary>
    public TimeSpan StreamPeriod { get; init; } = TimeSpan.FromSeconds(1);
}
