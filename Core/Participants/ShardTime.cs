using System.Runtime.CompilerServices;

namespace Bandstand.Participants;

/// <summary>Times in a shard: milliseconds since 1970 in 42 bits, so until the year 2109.</summary>
internal static class ShardTime
{
    public const int Bits = 42;

    public const long Max = (1L << Bits) - 1;

    /// <summary>Later times are kept as <see cref="Max"/>, earlier than 1970 as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Clamp(long atMs) => unchecked((ulong)atMs) <= Max ? atMs : atMs < 0 ? 0 : Max;
}
