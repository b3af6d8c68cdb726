using System.Security.Cryptography;
using Bandstand.Grains.Journal;

namespace Bandstand.Grains;

/// <summary>How the grains of a silo run. Every member has a sensible default.</summary>
public sealed record GrainOptions
{
    /// <summary>The time that decisions carry. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How often a running experiment looks for what is due. Default one second.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a shard that serves waits for its experiment before it goes on with what it has. Default one second, so that
    /// assignments are answered while an experiment begins again on another silo.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Told what the store said when it failed, once for each call that it failed: callers are not, because it may name
    /// machines and paths. Called on any thread, many at once; it must not throw. Default: nobody is told.
    /// </summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>How journals are laid out.</summary>
    public JournalOptions Journal { get; init; } = new();

    /// <summary>
    /// Makes the 128 random bits under which a new generation hashes identities. Default: the system's cryptographic generator.
    /// </summary>
    public Func<(ulong K0, ulong K1)> NewKey { get; init; } = RandomKey;

    private static (ulong K0, ulong K1) RandomKey()
    {
        Span<byte> bits = stackalloc byte[16];
        RandomNumberGenerator.Fill(bits);
        return (BitConverter.ToUInt64(bits), BitConverter.ToUInt64(bits[8..]));
    }
}
