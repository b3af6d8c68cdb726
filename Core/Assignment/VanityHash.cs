using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bandstand.Assignment;

/// <summary>
/// Vanity's assignment, for experiments that moved over and keep everybody where they are: MD5 of <c>name/identity</c> in
/// UTF-8, read as one number of 128 bits, modulo the number of alternatives. It knows no weights.
/// </summary>
/// <remarks>Thread-safe. MD5 deals people out here; it protects nothing.</remarks>
public static class VanityHash
{
    private const int OnStack = 2_048;

    /// <summary>The alternative's index.</summary>
    /// <param name="name">The experiment's display name (not its id).</param>
    /// <param name="identity">Who; valid Unicode.</param>
    /// <param name="alternatives">How many alternatives, 1 or more.</param>
    public static int Index(string name, string identity, int alternatives)
    {
        var length = Encoding.UTF8.GetMaxByteCount(identity.Length);
        Span<byte> utf8 = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        return Index(Encoding.UTF8.GetBytes(name + "/"), utf8[..Encoding.UTF8.GetBytes(identity, utf8)], alternatives);
    }

    /// <summary>The fingerprint that names an alternative in links: the last ten hex digits of the MD5 of <c>id:index</c>.</summary>
    /// <param name="id">The experiment's id.</param>
    /// <param name="index">The alternative's index, from 0.</param>
    public static string Fingerprint(string id, int index)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        Md5(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}:{index}")), hash);
        return Convert.ToHexStringLower(hash[^5..]);
    }

    /// <summary>The alternative's index.</summary>
    /// <param name="prefix">The UTF-8 of <c>name/</c>.</param>
    /// <param name="identity">Who, in UTF-8.</param>
    /// <param name="alternatives">How many alternatives, 1 or more.</param>
    internal static int Index(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> identity, int alternatives)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alternatives);
        var length = prefix.Length + identity.Length;
        Span<byte> text = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        prefix.CopyTo(text);
        identity.CopyTo(text[prefix.Length..]);
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        Md5(text[..length], hash);
        return (int)Remainder(hash, (uint)alternatives);
    }

    private static uint Remainder(ReadOnlySpan<byte> bigEndian, uint divisor)
    {
        ulong rest = 0;
        foreach (var part in bigEndian)
        {
            rest = ((rest << 8) | part) % divisor;
        }

        return (uint)rest;
    }

    private static void Md5(ReadOnlySpan<byte> text, Span<byte> hash)
    {
#pragma warning disable CA5351 // Compatibility with Vanity; nothing is protected by it.
        MD5.HashData(text, hash);
#pragma warning restore CA5351
    }
}
