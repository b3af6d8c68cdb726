using Bandstand.Experiments;

namespace Bandstand.Participants;

/// <summary>
/// Where things are in a row, in words of four bytes: key (2), <see cref="PackedAssignment"/> (2), then by metric slot one word for a conversion
/// metric (<see cref="ConversionTotal"/>), three for counts and values (the number of events, and the total as a double), five for a ratio (number
/// of events above the line with a flag for those below it, both totals), four for retention (first time below the line, last above it), none for a
/// mere event. Behind the first slot with a covariate stand two words for that. Where results are split by attributes, the metrics that came before one are
/// followed by its code, four attributes to a word.
/// </summary>
internal sealed class RowLayout
{
    public const int Assignment = 2;
    public const int FirstMetric = 4;

    private RowLayout(int[] offsets, bool[] conversion, int[] covariates, int[] known, int[] segments, int words)
    {
        Known = known;
        Segments = segments;
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

    /// <summary>By covariate, in the order of <see cref="CovariatesOf"/>: its first word.</summary>
    public int[] Known { get; }

    /// <summary>By segment slot: the byte of a row that its code stands in.</summary>
    public int[] Segments { get; }

    /// <summary>Words in a row.</summary>
    public int Words { get; }

    public static RowLayout Of(IReadOnlyList<MetricSlot> metrics, IReadOnlyList<SegmentSlot> attributes)
    {
        var segments = new int[attributes.Count];
        var offsets = new int[metrics.Count];
        var conversion = new bool[metrics.Count];
        var covariates = new int[metrics.Count];
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        var words = FirstMetric;
        for (var i = 0; i <= offsets.Length; i++)
        {
            words += Place(attributes, i, words, segments);
            if (i == offsets.Length)
            {
                break;
            }

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

        return new RowLayout(offsets, conversion, covariates, [.. CovariatesOf(metrics).Select(name => byName[name])], segments, words);
    }

    /// <summary>Places the attributes that were added when there were so many metrics; answers how many words they take.</summary>
    private static int Place(IReadOnlyList<SegmentSlot> attributes, int metrics, int words, int[] segments)
    {
        var placed = 0;
        for (var slot = 0; slot < segments.Length; slot++)
        {
            if (attributes[slot].AfterMetrics == metrics)
            {
                segments[slot] = (words * sizeof(uint)) + placed++;
            }
        }

        return (placed + sizeof(uint) - 1) / sizeof(uint);
    }

    /// <summary>The covariates of these metrics, each once. Metrics are only appended, so a covariate keeps its place.</summary>
    public static IEnumerable<string> CovariatesOf(IReadOnlyList<MetricSlot> metrics)
        => metrics.Select(metric => metric.Rule?.Covariate).OfType<string>().Distinct(StringComparer.Ordinal);

    private static int WordsOf(MetricKind kind) => kind switch
    {
        MetricKind.Conversion => 1,
        MetricKind.Ratio => 5,
        MetricKind.Retention => 4,
        MetricKind.Event => 0,
        _ => 3,
    };
}
