using System.Globalization;
using System.Security;
using System.Text;

namespace Bandstand.Cli.Charts;

/// <summary>
/// Draws a chart as the text of an SVG file: title, axes, grid, bands, lines and a legend, readable on light and dark pages and by people
/// who do not tell colours apart (the names stand at the legend in the order of the lines' own dashes).
/// </summary>
/// <remarks>A pure function: the same data give the same text. Coordinates are rounded to a tenth of a pixel. Thread-safe.</remarks>
internal static class SvgChart
{
    /// <summary>The most series a chart can tell apart.</summary>
    public const int MostSeries = 6;

    private const int Left = 76;
    private const int Right = 24;
    private const int Bottom = 58;
    private const double LetterWidth = 6.7;

    // Okabe and Ito (2008), darkened for white and lightened for black where contrast asks for it.
    private static readonly string[] OnLight = ["#0069a8", "#c24e00", "#00805d", "#a8478a", "#8a6100", "#4a5568"];
    private static readonly string[] OnDark = ["#56b4e9", "#ff9d4d", "#3ddba6", "#e79ac9", "#f0c94a", "#b7c0cd"];
    private static readonly string[] Dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2 1 2"];

    /// <summary>The SVG text of a chart, ending in a line feed.</summary>
    /// <param name="chart">The chart.</param>
    /// <exception cref="ArgumentException">There are no series, too many, or an axis does not fit its numbers.</exception>
    public static string Draw(Chart chart)
    {
        if (chart.Series.Count is 0 or > MostSeries)
        {
            throw new ArgumentException($"A chart shows 1 to {MostSeries} series; {chart.Series.Count} were given.", nameof(chart));
        }

        var points = chart.Series.SelectMany(s => s.Points).ToList();
        var x = new ChartScale(chart.X, points.Select(p => p.X));
        var y = new ChartScale(chart.Y, points.SelectMany(p => new[] { p.Y, p.Lower ?? p.Y, p.Upper ?? p.Y }).Concat(chart.Levels.Select(l => l.Y)));
        var rows = LegendRows(chart);
        var top = 44 + (chart.Subtitle is null ? 0 : 18) + (rows.Count * 20);
        var area = new Area(x, y, Left, top, chart.Width - Right, chart.Height - Bottom);
        var svg = new StringBuilder();
        Begin(svg, chart, area);
        Axes(svg, chart, area);
        svg.Append("<g clip-path=\"url(#area)\">\n");
        for (var i = 0; i < chart.Series.Count; i++)
        {
            Band(svg, chart.Series[i], i, area);
        }

        foreach (var level in chart.Levels)
        {
            Line(svg, "level", area.Left, area.Y(level.Y), area.Right, area.Y(level.Y));
        }

        for (var i = 0; i < chart.Series.Count; i++)
        {
            Series(svg, chart.Series[i], i, area);
        }

        svg.Append("</g>\n");
        foreach (var level in chart.Levels)
        {
            Text(svg, "small", level.IsLeft ? area.Left + 6 : area.Right - 4, area.Y(level.Y) - 5, level.IsLeft ? "start" : "end", level.Label);
        }

        Legend(svg, chart, rows);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Begin(StringBuilder svg, Chart chart, Area area)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{chart.Width}\" height=\"{chart.Height}\" viewBox=\"0 0 {chart.Width} {chart.Height}\" role=\"img\" aria-label=\"{Escape(chart.Title)}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(chart.Title)}</title>\n<style>\n");
        svg.Append("text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.small{fill:#59636e}\n");
        svg.Append(".page{fill:#fff}.grid{stroke:#d9dee3;stroke-width:1}.axis,.level{stroke:#59636e;stroke-width:1}.level{stroke-dasharray:1 3}.line{fill:none;stroke-width:2}.band{opacity:.18}\n");
        for (var i = 0; i < chart.Series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $".s{i}{{stroke:{OnLight[i]}}}.f{i}{{fill:{OnLight[i]}}}");
        }

        svg.Append("\n@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9da7b1}.page{fill:#0d1117}.grid{stroke:#2b323b}.axis,.level{stroke:#9da7b1}");
        for (var i = 0; i < chart.Series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $".s{i}{{stroke:{OnDark[i]}}}.f{i}{{fill:{OnDark[i]}}}");
        }

        svg.Append("}\n</style>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<clipPath id=\"area\"><rect x=\"{area.Left}\" y=\"{area.Top - 2}\" width=\"{area.Right - area.Left}\" height=\"{area.Bottom - area.Top + 4}\"/></clipPath>\n");
        svg.Append("<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
        Text(svg, "title", Left, 28, "start", chart.Title);
        if (chart.Subtitle is { } subtitle)
        {
            Text(svg, "small", Left, 47, "start", subtitle);
        }
    }

    private static void Axes(StringBuilder svg, Chart chart, Area area)
    {
        foreach (var tick in area.YScale.Ticks)
        {
            Line(svg, "grid", area.Left, area.Y(tick), area.Right, area.Y(tick));
            Text(svg, "small", area.Left - 8, area.Y(tick) + 4, "end", area.YScale.Write(tick));
        }

        foreach (var tick in area.XScale.Ticks)
        {
            Line(svg, "axis", area.X(tick), area.Bottom, area.X(tick), area.Bottom + 5);
            var label = area.XScale.Write(tick);
            var fits = area.X(tick) + (LetterWidth * label.Length / 2) <= chart.Width - 4;
            Text(svg, "small", fits ? area.X(tick) : chart.Width - 4, area.Bottom + 19, fits ? "middle" : "end", label);
        }

        Line(svg, "axis", area.Left, area.Bottom, area.Right, area.Bottom);
        Line(svg, "axis", area.Left, area.Top, area.Left, area.Bottom);
        Text(svg, "", (area.Left + area.Right) / 2.0, chart.Height - 14, "middle", chart.X.Title);
        var middle = Write((area.Top + area.Bottom) / 2.0);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {middle})\">{Escape(chart.Y.Title)}</text>\n");
    }

    private static void Band(StringBuilder svg, ChartSeries series, int index, Area area)
    {
        var edges = series.Points.Where(p => p.Lower is not null && p.Upper is not null).ToList();
        if (edges.Count < 2)
        {
            return;
        }

        var upper = edges.Select(p => area.Point(p.X, p.Upper!.Value));
        var lower = Enumerable.Reverse(edges).Select(p => area.Point(p.X, p.Lower!.Value));
        svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band f{index}\" points=\"{string.Join(' ', upper.Concat(lower))}\"/>\n");
    }

    private static void Series(StringBuilder svg, ChartSeries series, int index, Area area)
    {
        if (series.Shape != SeriesShape.Scatter)
        {
            foreach (var run in Runs(series.Points))
            {
                var path = new StringBuilder();
                for (var i = 0; i < run.Count; i++)
                {
                    var step = i > 0 && series.Shape == SeriesShape.Steps ? area.Point(run[i].X, run[i - 1].Y) + " " : string.Empty;
                    path.Append(i == 0 ? string.Empty : " ").Append(step).Append(area.Point(run[i].X, run[i].Y));
                }

                svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line s{index}\"{Dash(series, index)} points=\"{path}\"/>\n");
            }
        }

        if (series.Shape is SeriesShape.Dots or SeriesShape.Scatter)
        {
            foreach (var point in series.Points.Where(p => double.IsFinite(p.Y)))
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"f{index}\" cx=\"{Write(area.X(point.X))}\" cy=\"{Write(area.Y(point.Y))}\" r=\"3.5\"/>\n");
            }
        }
    }

    private static IEnumerable<List<ChartPoint>> Runs(IReadOnlyList<ChartPoint> points)
    {
        var run = new List<ChartPoint>();
        foreach (var point in points)
        {
            if (double.IsFinite(point.Y))
            {
                run.Add(point);
                continue;
            }

            if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static string Dash(ChartSeries series, int index)
    {
        var dash = series.IsDashed ? "5 4" : Dashes[index];
        return dash.Length == 0 ? string.Empty : $" stroke-dasharray=\"{dash}\"";
    }

    /// <summary>The places of the names: as many in a row as there is room for.</summary>
    private static List<List<(int Index, double X)>> LegendRows(Chart chart)
    {
        List<List<(int Index, double X)>> rows = [[]];
        double x = Left;
        for (var i = 0; i < chart.Series.Count; i++)
        {
            var width = 56 + (LetterWidth * chart.Series[i].Name.Length);
            if (x > Left && x + width > chart.Width)
            {
                rows.Add([]);
                x = Left;
            }

            rows[^1].Add((i, x));
            x += width;
        }

        return rows;
    }

    private static void Legend(StringBuilder svg, Chart chart, List<List<(int Index, double X)>> rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var y = (chart.Subtitle is null ? 48 : 66) + (row * 20);
            foreach (var (index, x) in rows[row])
            {
                var series = chart.Series[index];
                if (series.Shape == SeriesShape.Scatter)
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"f{index}\" cx=\"{Write(x + 14)}\" cy=\"{y}\" r=\"3.5\"/>\n");
                }
                else
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line s{index}\"{Dash(series, index)} x1=\"{Write(x)}\" y1=\"{y}\" x2=\"{Write(x + 28)}\" y2=\"{y}\"/>\n");
                }

                Text(svg, "", x + 34, y + 4, "start", series.Name);
            }
        }
    }

    private static void Line(StringBuilder svg, string style, double x1, double y1, double x2, double y2)
        => svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{style}\" x1=\"{Write(x1)}\" y1=\"{Write(y1)}\" x2=\"{Write(x2)}\" y2=\"{Write(y2)}\"/>\n");

    private static void Text(StringBuilder svg, string style, double x, double y, string anchor, string text)
        => svg.Append(CultureInfo.InvariantCulture, $"<text{(style.Length == 0 ? string.Empty : $" class=\"{style}\"")} x=\"{Write(x)}\" y=\"{Write(y)}\" text-anchor=\"{anchor}\">{Escape(text)}</text>\n");

    private static string Escape(string text) => SecurityElement.Escape(text);

    private static string Write(double coordinate) => (Math.Round(coordinate, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>The rectangle that the data fill.</summary>
    private sealed record Area(ChartScale XScale, ChartScale YScale, int Left, int Top, int Right, int Bottom)
    {
        public double X(double value) => Left + (XScale.Place(value) * (Right - Left));

        /// <summary>Far outside counts as just outside, so that no coordinate is endless.</summary>
        public double Y(double value) => Bottom - (Math.Clamp(YScale.Place(value), -1, 2) * (Bottom - Top));

        public string Point(double x, double y) => $"{Write(X(x))},{Write(Y(y))}";
    }
}
