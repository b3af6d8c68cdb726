namespace Bandstand.Cli.Charts;

/// <summary>A line chart as data; <see cref="SvgChart"/> draws it. Immutable by convention.</summary>
/// <param name="Title">What it shows, as a sentence or a headline.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Series">What is drawn, at least one, at most six; the legend names them in this order.</param>
internal sealed record Chart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>A second, smaller line under the title; null for none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>Dotted horizontal lines with a word each, such as a nominal level.</summary>
    public IReadOnlyList<ChartLevel> Levels { get; init; } = [];

    /// <summary>Width in pixels.</summary>
    public int Width { get; init; } = 760;

    /// <summary>Height in pixels.</summary>
    public int Height { get; init; } = 420;
}

/// <summary>An axis.</summary>
/// <param name="Title">What is measured, with its unit.</param>
internal sealed record ChartAxis(string Title)
{
    /// <summary>Whether equal ratios take equal room; all numbers must then be over 0.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether numbers are written in percent: 0.05 as 5 %.</summary>
    public bool IsPercent { get; init; }

    /// <summary>Where it begins; null: at the least number of the data, moved down to a round one.</summary>
    public double? From { get; init; }

    /// <summary>Where it ends; null: at the greatest number of the data, moved up to a round one. What lies outside is cut off.</summary>
    public double? To { get; init; }
}

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">In the order in which they are joined. A point whose Y is not finite breaks the line.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points)
{
    /// <summary>How its points are shown.</summary>
    public SeriesShape Shape { get; init; }

    /// <summary>Whether its line is dashed.</summary>
    public bool IsDashed { get; init; }
}

/// <summary>How the points of a series are shown.</summary>
internal enum SeriesShape
{
    /// <summary>Joined by straight lines.</summary>
    Line,

    /// <summary>Joined by steps: a value holds until the next point.</summary>
    Steps,

    /// <summary>Joined by straight lines and marked by dots.</summary>
    Dots,

    /// <summary>Dots alone.</summary>
    Scatter,
}

/// <summary>A point, with a band around it where its bounds are known.</summary>
/// <param name="X">Finite.</param>
/// <param name="Y">NaN breaks the line.</param>
/// <param name="Lower">The band's lower edge, or null.</param>
/// <param name="Upper">The band's upper edge, or null.</param>
internal readonly record struct ChartPoint(double X, double Y, double? Lower = null, double? Upper = null);

/// <summary>A dotted horizontal line.</summary>
/// <param name="Y">Its height.</param>
/// <param name="Label">The word above its end.</param>
/// <param name="IsLeft">Whether that is its left end, where lines would cross the word at the right.</param>
internal sealed record ChartLevel(double Y, string Label, bool IsLeft = false);
