namespace Bandstand.Participants;

/// <summary>
/// The values of one attribute that one shard has met, by a byte each: 0 is no value, 255 all that came after the first 254. What becomes of
/// them is decided where shards are put together, by their text: shards need not agree on codes.
/// </summary>
internal sealed class SegmentCodes
{
    public const byte None = 0;
    public const byte Other = 255;
    public const int Most = 254;

    private readonly Dictionary<string, byte> codes = new(StringComparer.Ordinal);
    private readonly List<string> values = [];

    /// <summary>Values by code, from 1 on.</summary>
    public IReadOnlyList<string> Values => values;

    public long MemoryBytes => values.Sum(value => 96L + (2L * value.Length));

    /// <summary>The code of a value; false when it is new and there is room for it.</summary>
    public bool TryCode(string? value, out byte code)
    {
        if (value is null || (value != SegmentValue.Other && codes.TryGetValue(value, out code)))
        {
            code = value is null ? None : codes[value];
            return true;
        }

        code = Other;
        return value == SegmentValue.Other || values.Count >= Most;
    }

    /// <summary>Gives a new value the next code.</summary>
    public byte Add(string value)
    {
        values.Add(value);
        codes.Add(value, (byte)values.Count);
        return (byte)values.Count;
    }

    /// <summary>Whether a code may stand in a row.</summary>
    public bool Knows(byte code) => code == Other || code <= values.Count;

    /// <summary>The value of a code.</summary>
    public string? ValueOf(byte code) => code switch
    {
        None => null,
        Other => SegmentValue.Other,
        _ => values[code - 1],
    };
}
