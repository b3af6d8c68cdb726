using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>
/// Where things are in a row, in words of four bytes: key (2), <see cref="PackedAssignment"/> (2), then by metric slot one word for a conversion
/// metric (<see cref="ConversionTotal"/>), three for counts and values (the number of events, and the total as a double), five for a ratio (number
/// of events above the line with a flag for those below it, both totals), four for retention (first time below the line, last above it), none for a
/// mere event. Behind the first slot with a covariate stand two words for that.
/// </summary>
internal sealed class RowLayout
{
    public const int Assignment = 2;
    public const int FirstMetric = 4;

    private RowLayout(int[] offsets, bool[] conversion, int[] covariates, int words)
    {
        Offsets = offsets;
        Conversion = conversion;
        Covariates = covariates;
        Words = words;
    }

    /// <summary>By metric slot: its first word in a row.</summary>
    public int[] Offsets { get; }

    /// <summary>By metric slot: true for a conversion metric.</summary>
    public bool[] Conversion { get; }

    /// <summary>By metric slot: the first word of its covariate, which slots may share; −1: it has none.</summary>
    public int[] Covariates { get; }

    /// <summary>Words in a row.</summary>
    public int Words { get; }

    public static RowLayout Of(IReadOnlyList<MetricSlot> metrics)
    {
        var offsets = new int[metrics.Count];
        var conversion = new bool[metrics.Count];
        var covariates = new int[metrics.Count];
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        var words = FirstMetric;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = words;
            conversion[i] = metrics[i].Kind == MetricKind.Conversion;
            words += WordsOf(metrics[i].Kind);
            covariates[i] = -1;
            if (metrics[i].Rule?.Covariate is { } name && !byName.TryGetValue(name, out covariates[i]))
            {
                byName.Add(name, covariates[i] = words);
                words += 2;
            }
        }

        return new RowLayout(offsets, conversion, covariates, words);
    }

    private static int WordsOf(MetricKind kind) => kind switch
    {
        MetricKind.Conversion => 1,
        MetricKind.Ratio => 5,
        MetricKind.Retention => 4,
        MetricKind.Event => 0,
        _ => 3,
    };
}
