using System.Globalization;
using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Cli.Simulate;

/// <summary>What simulations came to, as text for people and as CSV. The same figures give the same text everywhere.</summary>
internal static class ScenarioTables
{
    private static readonly string[] Heads = ["policy", "regret", "right", "wrong", "days to decision", "switches", "false", "guard", "epochs"];

    /// <summary>The table for a terminal.</summary>
    public static string Text(SimulationScenario scenario, IReadOnlyList<SimulationSummary> summaries)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{scenario.Name}: {scenario.Duration.TotalDays:0.##} days, {scenario.Traffic.PerDay:#,0.##} people a day, {summaries[0].Runs} runs; ± and brackets are 95 % intervals\n");
        List<string[]> rows = [Heads, .. summaries.Select(Cells)];
        var widths = Enumerable.Range(0, Heads.Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
        {
            text.Append(row[0].PadRight(widths[0]));
            for (var i = 1; i < row.Length; i++)
            {
                text.Append("  ").Append(row[i].PadLeft(widths[i]));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A row per policy.</summary>
    public static string Summaries(IReadOnlyList<SimulationSummary> summaries)
    {
        var csv = new StringBuilder("policy,runs");
        foreach (var name in (string[])["regret", "right", "wrong", "days_to_decision", "switches", "false_switches", "guard_trips", "epochs"])
        {
            csv.Append(CultureInfo.InvariantCulture, $",{name},{name}_lower,{name}_upper");
        }

        csv.Append('\n');
        foreach (var s in summaries)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{Quoted(s.Policy)},{s.Runs}");
            foreach (var figure in (SimulatedFigure?[])[s.Regret, s.Right, s.Wrong, s.DaysToDecision, s.Switches, s.FalseSwitches, s.GuardTrips, s.Epochs])
            {
                csv.Append(CultureInfo.InvariantCulture, $",{figure?.Mean:R},{End(figure?.Lower)},{End(figure?.Upper)}");
            }

            csv.Append('\n');
        }

        return csv.ToString();
    }

    /// <summary>A row per policy and day.</summary>
    public static string Days(SimulationScenario scenario, IReadOnlyList<SimulationSummary> summaries)
    {
        var csv = new StringBuilder("policy,day,regret,regret_lower,regret_upper");
        csv.AppendJoin(string.Empty, scenario.Experiment.Alternatives.Select(a => "," + Quoted("weight_" + a.Key))).Append('\n');
        foreach (var s in summaries)
        {
            for (var day = 0; day < s.RegretByDay.Count; day++)
            {
                var regret = s.RegretByDay[day];
                csv.Append(CultureInfo.InvariantCulture, $"{Quoted(s.Policy)},{day + 1},{regret.Mean:R},{regret.Lower:R},{regret.Upper:R}");
                foreach (var weights in s.WeightsByDay)
                {
                    csv.Append(CultureInfo.InvariantCulture, $",{weights[day]:R}");
                }

                csv.Append('\n');
            }
        }

        return csv.ToString();
    }

    /// <summary>A row per policy and value of an attribute.</summary>
    public static string Segments(SimulationScenario scenario, IReadOnlyList<SimulationSummary> summaries)
    {
        var csv = new StringBuilder("policy,attribute,value,people,regret,regret_lower,regret_upper");
        csv.AppendJoin(string.Empty, scenario.Experiment.Alternatives.Select(a => "," + Quoted("weight_" + a.Key))).Append('\n');
        foreach (var (s, segment) in summaries.SelectMany(s => s.Segments.Select(segment => (s, segment))))
        {
            csv.Append(CultureInfo.InvariantCulture, $"{Quoted(s.Policy)},{Quoted(segment.Attribute)},{Quoted(segment.Value)},{segment.People:R},{segment.Regret.Mean:R},{segment.Regret.Lower:R},{segment.Regret.Upper:R}");
            foreach (var weight in segment.Weights)
            {
                csv.Append(CultureInfo.InvariantCulture, $",{weight:R}");
            }

            csv.Append('\n');
        }

        return csv.ToString();
    }

    /// <summary>A row per policy and run.</summary>
    public static string Runs(IReadOnlyList<(SimulatedPolicy Policy, SimulationRun[] Runs)> results)
    {
        var csv = new StringBuilder("policy,run,people,regret,decided_after_days,right,switches,false_switches,guard_trips,epochs,outcome\n");
        foreach (var (policy, runs) in results)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                var run = runs[i];
                var outcome = run.Experiment.Outcome is { } slot ? run.Experiment.Alternatives[slot].Key : string.Empty;
                csv.Append(CultureInfo.InvariantCulture, $"{Quoted(policy.Name)},{i},{run.People},{run.Regret:R},{run.DecidedAfter?.TotalDays:R},{Word(run.IsRight)},{run.Switches},{run.FalseSwitches},{run.GuardTrips},{run.Epochs},{Quoted(outcome)}\n");
            }
        }

        return csv.ToString();
    }

    private static string[] Cells(SimulationSummary s) =>
    [
        s.Policy,
        WithError(s.Regret, "#,0.0"),
        Percent(s.Right),
        Percent(s.Wrong),
        s.DaysToDecision is { } days ? WithError(days, "0.0") : "—",
        WithError(s.Switches, "0.0"),
        WithError(s.FalseSwitches, "0.0"),
        WithError(s.GuardTrips, "0.0"),
        s.Epochs.Mean.ToString("0", CultureInfo.InvariantCulture),
    ];

    private static string WithError(SimulatedFigure figure, string format)
        => double.IsNaN(figure.Upper)
            ? $"{figure.Mean.ToString(format, CultureInfo.InvariantCulture)} (1 run)"
            : $"{figure.Mean.ToString(format, CultureInfo.InvariantCulture)} ± {(figure.Upper - figure.Mean).ToString(format, CultureInfo.InvariantCulture)}";

    private static string End(double? end) => end is { } known && !double.IsNaN(known) ? known.ToString("R", CultureInfo.InvariantCulture) : string.Empty;

    private static string Percent(SimulatedFigure share)
        => string.Create(CultureInfo.InvariantCulture, $"{100 * share.Mean:0} % [{100 * share.Lower:0}, {100 * share.Upper:0}]");

    private static string Word(bool? value) => value switch { true => "true", false => "false", null => string.Empty };

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
