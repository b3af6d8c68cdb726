using System.Globalization;
using System.Xml.Linq;
using Bandstand.Cli.Charts;

namespace Bandstand.Tests.Cli;

public class SvgChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_chart_names_its_title_axes_levels_and_series()
    {
        var texts = Texts(SvgChart.Draw(Sample() with { Subtitle = "1 < 2 & so on", Levels = [new(5, "nominal")] }));

        foreach (var text in new[] { "Title", "1 < 2 & so on", "people", "share", "first", "second", "nominal" })
        {
            Assert.Contains(text, texts);
        }
    }

    [Fact]
    public void Points_lie_where_the_axes_say()
    {
        var chart = XDocument.Parse(SvgChart.Draw(Sample()));

        // 0 to 10 across 76 to 736 pixels; 0 to 10 up from 362 to 64.
        var line = chart.Descendants(Svg + "polyline").First();
        Assert.Equal("76,362 406,213 736,64", (string?)line.Attribute("points"));
    }

    [Fact]
    public void A_band_goes_round_both_edges()
    {
        ChartPoint[] points = [new(0, 5, 4, 6), new(10, 5, 0, 10)];
        var chart = XDocument.Parse(SvgChart.Draw(Sample() with { Series = [new("only", points)] }));

        Assert.Equal("76,183.2 736,64 736,362 76,242.8", (string?)chart.Descendants(Svg + "polygon").Single().Attribute("points"));
    }

    [Fact]
    public void A_number_that_is_none_breaks_the_line()
    {
        ChartPoint[] points = [new(0, 1), new(1, 2), new(2, double.NaN), new(3, 4), new(4, 5)];

        var chart = XDocument.Parse(SvgChart.Draw(Sample() with { Series = [new("only", points)] }));

        Assert.Equal(2, chart.Descendants(Svg + "polyline").Count());
    }

    [Fact]
    public void Steps_hold_a_value_until_the_next()
    {
        ChartPoint[] points = [new(0, 0), new(10, 10)];

        var chart = XDocument.Parse(SvgChart.Draw(Sample() with { Series = [new("only", points) { Shape = SeriesShape.Steps }] }));

        Assert.Equal("76,362 736,362 736,64", (string?)chart.Descendants(Svg + "polyline").Single().Attribute("points"));
    }

    [Theory]
    [InlineData(0, 97, false, "0 20 40 60 80 100")]
    [InlineData(0.011, 0.043, false, "0.01 0.02 0.03 0.04 0.05")]
    [InlineData(100, 100_000, true, "100 300 1000 3000 10 000 30 000 100 000")]
    [InlineData(3, 70, true, "2 5 10 20 50 100")]
    public void Ticks_are_round_numbers(double from, double to, bool isLogarithmic, string expected)
    {
        var scale = new ChartScale(new ChartAxis("x") { IsLogarithmic = isLogarithmic }, [from, to]);

        Assert.Equal(expected, string.Join(' ', scale.Ticks.Select(scale.Write)));
        Assert.InRange(scale.Place(from), 0, 1);
        Assert.InRange(scale.Place(to), 0, 1);
    }

    [Fact]
    public void Percent_is_written_as_such() => Assert.Equal("2.5 %", new ChartScale(new ChartAxis("x") { IsPercent = true }, [0, 0.1]).Write(0.025));

    [Fact]
    public void The_culture_changes_nothing()
    {
        var before = SvgChart.Draw(Sample());
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(before, SvgChart.Draw(Sample()));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SvgChart.Draw(Sample() with { Series = [] }));
        Assert.Throws<ArgumentException>(() => SvgChart.Draw(Sample() with { Series = [.. Enumerable.Repeat(Sample().Series[0], 7)] }));
        Assert.Throws<ArgumentException>(() => SvgChart.Draw(Sample() with { X = new("people") { IsLogarithmic = true } }));
        Assert.Throws<ArgumentException>(() => SvgChart.Draw(Sample() with { Series = [new("empty", [])] }));
    }

    private static Chart Sample() => new(
        "Title",
        new("people"),
        new("share"),
        [new("first", [new(0, 0), new(5, 5), new(10, 10)]), new("second", [new(0, 10), new(10, 0)]) { Shape = SeriesShape.Dots }]);

    private static List<string> Texts(string svg) => [.. XDocument.Parse(svg).Descendants(Svg + "text").Select(t => t.Value)];
}
