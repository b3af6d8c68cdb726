using System.Runtime.CompilerServices;
using System.Text;

namespace Bandstand.Assignment;

/// <summary>
/// GrowthBook's hashes, so that its SDKs and Bandstand put the same identity into the same bucket: FNV-1a with 32 bits over
/// UTF-16 code units, as the JavaScript SDK computes it.
/// </summary>
/// <remarks>
/// Source: Fowler, Noll, Vo, "The FNV non-cryptographic hash algorithm" (IETF draft), FNV-1a; version 2 hashes the decimal
/// digits of the first hash once more, because version 1 leaves neighbouring experiments correlated. Thread-safe, allocates
/// nothing.
/// </remarks>
public static class GrowthBookHash
{
    /// <summary>How many buckets version 2 has.</summary>
    public const int Buckets = 10_000;

    /// <summary>How many buckets version 1 has.</summary>
    public const int BucketsOfVersion1 = 1_000;

    private const uint OffsetBasis = 0x811C9DC5;
    private const uint Prime = 16_777_619;

    /// <summary>The hash of <paramref name="value"/> as a number from 0 to below 1, or null for a version that does not exist.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="value">The identity.</param>
    /// <param name="version">1 or 2.</param>
    public static double? Hash(string seed, string value, int version) => version switch
    {
        1 => (double)(Append(Append(OffsetBasis, value), seed) % BucketsOfVersion1) / BucketsOfVersion1,
        2 => (double)Bucket(Begin(seed), value) / Buckets,
        _ => null,
    };

    /// <summary>Whether an identity is in a slice of a layer (GrowthBook's namespace): version 1 over <c>identity__layer</c>.</summary>
    /// <param name="identity">Who.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="from">The slice's start, 0 to 1.</param>
    /// <param name="to">The slice's end, which is not in it.</param>
    public static bool InLayer(string identity, string layer, double from, double to)
        => InLayer(Append(OffsetBasis, identity), layer, from, to);

    /// <summary>The same for an identity in UTF-8.</summary>
    /// <param name="identity">Who, valid UTF-8.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="from">The slice's start, 0 to 1.</param>
    /// <param name="to">The slice's end, which is not in it.</param>
    public static bool InLayer(ReadOnlySpan<byte> identity, string layer, double from, double to)
        => InLayer(AppendUtf8(OffsetBasis, identity), layer, from, to);

    /// <summary>The state after the seed, to be kept by who hashes many identities with it.</summary>
    /// <param name="seed">The seed.</param>
    public static uint Begin(string seed) => Append(OffsetBasis, seed);

    /// <summary>The bucket of version 2, 0 to 9 999.</summary>
    /// <param name="begun">From <see cref="Begin"/>.</param>
    /// <param name="identity">Who.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bucket(uint begun, ReadOnlySpan<char> identity) => OfDigits(Append(begun, identity));

    /// <summary>The bucket of version 2 of an identity in UTF-8, the same as that of its UTF-16 text.</summary>
    /// <param name="begun">From <see cref="Begin"/>.</param>
    /// <param name="identity">Who, valid UTF-8 (what is not valid counts as U+FFFD).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bucket(uint begun, ReadOnlySpan<byte> identity) => OfDigits(AppendUtf8(begun, identity));

    private static bool InLayer(uint identity, string layer, double from, double to)
    {
        var n = (double)(Append(Append(identity, "__"), layer) % BucketsOfVersion1) / BucketsOfVersion1;
        return n >= from && n < to;
    }

    private static uint Append(uint hash, ReadOnlySpan<char> text)
    {
        unchecked
        {
            foreach (var unit in text)
            {
                hash = (hash ^ unit) * Prime;
            }
        }

        return hash;
    }

    private static uint AppendUtf8(uint hash, ReadOnlySpan<byte> text)
    {
        unchecked
        {
            for (var i = 0; i < text.Length; i++)
            {
                var unit = text[i];
                if (unit >= 0x80)
                {
                    return AppendRunes(hash, text[i..]);
                }

                hash = (hash ^ unit) * Prime;
            }
        }

        return hash;
    }

    private static uint AppendRunes(uint hash, ReadOnlySpan<byte> text)
    {
        Span<char> units = stackalloc char[2];
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            hash = Append(hash, units[..rune.EncodeToUtf16(units)]);
            text = text[consumed..];
        }

        return hash;
    }

    /// <summary>Hashes the decimal digits of a hash, first digit first.</summary>
    private static int OfDigits(uint first)
    {
        Span<byte> digits = stackalloc byte[10];
        var at = digits.Length;
        do
        {
            var rest = first / 10;
            digits[--at] = (byte)('0' + (first - (rest * 10)));
            first = rest;
        }
        while (first != 0);

        var hash = OffsetBasis;
        unchecked
        {
            for (; at < digits.Length; at++)
            {
                hash = (hash ^ digits[at]) * Prime;
            }
        }

        return (int)(hash % Buckets);
    }
}
