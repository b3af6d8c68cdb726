namespace Bandstand.Embedded;

/// <summary>How an embedded engine runs. Every member has a sensible default.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>False: assigns by hash, stores and counts nothing. Default true.</summary>
    public bool Collect { get; init; } = true;

    /// <summary>The clock and its timers. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How often timers look for what is due (rebalances, deadlines, timesteps). Default one second, at least 10 ms.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The least number of journal bytes of a shard before a snapshot replaces them. Default 4 MiB.</summary>
    public long SnapshotBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Told when something that the engine does by itself (a rebalance by the clock, a deadline) fails; it is tried again at
    /// the next tick. Also told what the store said when it refused (once for each caller) and which rows are damaged (when
    /// the engine is opened): callers are not, because it may name paths of this machine. Called on any thread, many at once;
    /// it must not throw. Default: nobody is told.
    /// </summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>
    /// Makes the 128 random bits under which a new generation hashes identities. Default: the system's cryptographic generator.
    /// </summary>
    public Func<(ulong K0, ulong K1)> NewKey { get; init; } = RandomKey;

    private static (ulong K0, ulong K1) RandomKey()
    {
        Span<byte> bits = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bits);
        return (BitConverter.ToUInt64(bits), BitConverter.ToUInt64(bits[8..]));
    }
}
