using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>
/// Where things are in a row, in words of four bytes: key (2), <see cref="PackedAssignment"/> (2), then by metric slot one word for a conversion
/// metric (<see cref="ConversionTotal"/>), three for others (the number of events, and the total as a double).
/// </summary>
internal sealed class RowLayout
{
    public const int Assignment = 2;
    public const int FirstMetric = 4;

    private RowLayout(int[] offsets, bool[] conversion, int words)
    {
        Offsets = offsets;
        Conversion = conversion;
        Words = words;
    }

    /// <summary>By metric slot: its first word in a row.</summary>
    public int[] Offsets { get; }

    /// <summary>By metric slot: true for a conversion metric.</summary>
    public bool[] Conversion { get; }

    /// <summary>Words in a row.</summary>
    public int Words { get; }

    public static RowLayout Of(IReadOnlyList<MetricSlot> metrics)
    {
        var offsets = new int[metrics.Count];
        var conversion = new bool[metrics.Count];
        var words = FirstMetric;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = words;
            conversion[i] = metrics[i].Kind == MetricKind.Conversion;
            words += conversion[i] ? 1 : 3;
        }

        return new RowLayout(offsets, conversion, words);
    }
}
