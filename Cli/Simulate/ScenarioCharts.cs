using System.Globalization;
using Bandstand.Cli.Charts;
using Bandstand.Experiments;
using Bandstand.Simulation;

namespace Bandstand.Cli.Simulate;

/// <summary>What simulations came to, as pictures.</summary>
internal static class ScenarioCharts
{
    /// <summary>File names and SVG texts: regret over time of all policies, and each policy's weights over time.</summary>
    public static IEnumerable<(string Name, string Svg)> Of(SimulationScenario scenario, IReadOnlyList<SimulationSummary> summaries)
    {
        var subtitle = string.Create(CultureInfo.InvariantCulture, $"{scenario.Traffic.PerDay:#,0.##} people a day, means of {summaries[0].Runs} runs");
        var lost = scenario.Experiment.Primary.Kind switch
        {
            MetricKind.Conversion => "conversions",
            MetricKind.Count or MetricKind.Value => "value",
            _ => $"'{scenario.Experiment.Primary.Rule!.Numerator}'",
        };
        yield return ("regret.svg", SvgChart.Draw(new Chart(
            scenario.Name,
            new ChartAxis("day") { From = 0 },
            new ChartAxis($"{lost} lost so far") { From = 0 },
            [.. summaries.Take(SvgChart.MostSeries).Select(s => new ChartSeries(s.Policy, [.. s.RegretByDay.Select((r, day) => new ChartPoint(day + 1, r.Mean, r.Lower, r.Upper))]))])
        {
            Subtitle = subtitle + ", bands are 95 % intervals" + Shown(summaries.Count, "policies"),
        }));
        var keys = scenario.Experiment.Alternatives.Select(a => a.Key).Take(SvgChart.MostSeries).ToList();
        for (var i = 0; i < summaries.Count; i++)
        {
            var s = summaries[i];
            yield return (string.Create(CultureInfo.InvariantCulture, $"weights-{i + 1}.svg"), SvgChart.Draw(new Chart(
                $"{scenario.Name}: {s.Policy}",
                new ChartAxis("day") { From = 0 },
                new ChartAxis("weight") { From = 0, To = 1, IsPercent = true },
                [.. keys.Select((key, a) => new ChartSeries(key, [.. s.WeightsByDay[a].Select((w, day) => new ChartPoint(day + 1, w))]))])
            {
                Subtitle = subtitle + Shown(scenario.Experiment.Alternatives.Count, "alternatives"),
            }));
        }
    }

    /// <summary>What a picture leaves out, if anything.</summary>
    private static string Shown(int count, string what)
        => count <= SvgChart.MostSeries ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"; the first {SvgChart.MostSeries} of {count} {what}");
}
