using System.Globalization;
using System.Text;

namespace Bandstand.Timesteps;

/// <summary>
/// The alternatives of an experiment as they are written in observations, and the rule that says which one a banner names.
/// </summary>
/// <remarks>
/// Where every key is a whole number (<c>0</c> and <c>1</c>, as in the original procedure) banners are read as whole numbers: one that
/// is no whole number makes its row invalid, and a whole number that is no key is a banner nobody expected, which stops the test of
/// its timestep. Where the keys are names, a banner must be one of them and anything else makes its row invalid. White space
/// around a banner does not count. Immutable.
/// </remarks>
public sealed class AlternativeKeys
{
    /// <summary>Answer of <see cref="Find(ReadOnlySpan{byte})"/>: the banner cannot be read, the row does not count.</summary>
    internal const int Invalid = -1;

    /// <summary>Answer of <see cref="Find(ReadOnlySpan{byte})"/>: a whole number, but no alternative.</summary>
    internal const int Unexpected = -2;

    private readonly byte[][] utf8;
    private readonly long[]? numbers;
    private readonly sbyte[] oneByte = new sbyte[256];

    /// <summary>Takes the keys in the order of the experiment's definition.</summary>
    /// <param name="keys">1 to 256 keys, none empty, each once.</param>
    /// <exception cref="ArgumentException">A key is empty or repeated, or there are none or too many.</exception>
    public AlternativeKeys(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count is < 1 or > 256 || keys.Distinct(StringComparer.Ordinal).Count() != keys.Count || keys.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException($"1 to 256 different keys that are not empty are needed, not [{string.Join(", ", keys)}].", nameof(keys));
        }

        Keys = [.. keys];
        utf8 = [.. keys.Select(Encoding.UTF8.GetBytes)];
        numbers = Numbers(keys);

        // Most banners are one digit or letter: what they name is looked up once here. Beyond sbyte's range Find compares.
        for (var i = 0; i < oneByte.Length; i++)
        {
            var index = Compare([(byte)i]);
            oneByte[i] = index <= sbyte.MaxValue ? (sbyte)index : (sbyte)Invalid;
        }
    }

    /// <summary>The keys in the order of the experiment's definition.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Whether banners are read as whole numbers.</summary>
    public bool AreNumbers => numbers is not null;

    /// <summary>What each banner of one byte names: an index, <see cref="Invalid"/> or <see cref="Unexpected"/>.</summary>
    internal ReadOnlySpan<sbyte> OneByte => oneByte;

    /// <summary>The index of the alternative a banner names, <see cref="Invalid"/> or <see cref="Unexpected"/>.</summary>
    internal int Find(ReadOnlySpan<byte> banner) =>
        banner.Length == 1 && oneByte[banner[0]] != Invalid ? oneByte[banner[0]] : Compare(banner);

    /// <inheritdoc cref="Find(ReadOnlySpan{byte})"/>
    internal int Find(string banner) => Find(Encoding.UTF8.GetBytes(banner));

    private static long[]? Numbers(IReadOnlyList<string> keys)
    {
        var numbers = new long[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            if (!long.TryParse(keys[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i])
                || numbers[i].ToString(CultureInfo.InvariantCulture) != keys[i])
            {
                return null;
            }
        }

        return numbers;
    }

    private int Compare(ReadOnlySpan<byte> banner)
    {
        banner = banner.Trim(" \t"u8);
        if (numbers is not null)
        {
            return CompareNumbers(banner);
        }

        for (var i = 0; i < utf8.Length; i++)
        {
            if (banner.SequenceEqual(utf8[i]))
            {
                return i;
            }
        }

        return Invalid;
    }

    private int CompareNumbers(ReadOnlySpan<byte> banner)
    {
        var digits = banner.Length > 0 && banner[0] is (byte)'+' or (byte)'-' ? banner[1..] : banner;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return Invalid;
        }

        // A number beyond 64 bits is a whole number all the same, and no key.
        if (!long.TryParse(banner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Unexpected;
        }

        var index = Array.IndexOf(numbers!, number);
        return index < 0 ? Unexpected : index;
    }
}
