using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Bandstand.Participants;

/// <summary>The 128-bit secret of one experiment under which identities are hashed.</summary>
/// <param name="K0">The first eight bytes of the key, little-endian.</param>
/// <param name="K1">The last eight bytes of the key, little-endian.</param>
public readonly record struct SipKey(ulong K0, ulong K1);

/// <summary>
/// Turns an identity into the 64 bits by which a shard knows it, so that identities are neither kept nor linkable between
/// experiments.
/// </summary>
/// <remarks>
/// <para>Source: Aumasson and Bernstein (2012), "SipHash: a fast short-input PRF", INDOCRYPT 2012: SipHash-2-4. The version
/// with fewer rounds (1-3) saves about 5 ns on 16 bytes, but these hashes are pseudonyms that are stored for years, not slots
/// of a table in memory, so the variant its authors recommend for that is used.</para>
/// <para>Thread-safe: pure functions.</para>
/// </remarks>
public static class IdentityKey
{
    /// <summary>The hash of an identity; never 0, which tables use for "nobody".</summary>
    /// <param name="utf8">The identity's bytes, any length.</param>
    /// <param name="key">The experiment's own secret.</param>
    public static ulong Of(ReadOnlySpan<byte> utf8, SipKey key)
    {
        var hash = SipHash24(utf8, key);
        return hash == 0 ? 1 : hash;
    }

    /// <summary>
    /// Which shard owns a key. It is decided by the low 32 bits, while a shard's table is ordered by the high ones, so the keys of
    /// one shard still spread evenly over its table.
    /// </summary>
    /// <param name="key">From <see cref="Of"/>.</param>
    /// <param name="shards">How many shards, 1 or more.</param>
    /// <returns>0 to <paramref name="shards"/> − 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Shard(ulong key, int shards) => unchecked((int)((uint)key * (ulong)(uint)shards >> 32));

    /// <summary>SipHash-2-4 as published, 0 included.</summary>
    internal static ulong SipHash24(ReadOnlySpan<byte> data, SipKey key)
    {
        unchecked
        {
            var v0 = key.K0 ^ 0x736f6d6570736575;
            var v1 = key.K1 ^ 0x646f72616e646f6d;
            var v2 = key.K0 ^ 0x6c7967656e657261;
            var v3 = key.K1 ^ 0x7465646279746573;
            var last = (ulong)data.Length << 56;
            while (data.Length >= 8)
            {
                var word = BinaryPrimitives.ReadUInt64LittleEndian(data);
                v3 ^= word;
                Round(ref v0, ref v1, ref v2, ref v3);
                Round(ref v0, ref v1, ref v2, ref v3);
                v0 ^= word;
                data = data[8..];
            }

            for (var i = 0; i < data.Length; i++)
            {
                last |= (ulong)data[i] << (8 * i);
            }

            v3 ^= last;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= last;
            v2 ^= 0xff;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            return v0 ^ v1 ^ v2 ^ v3;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        unchecked
        {
            v0 += v1;
            v2 += v3;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
