using System.Globalization;
using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Benchmarks.Bandits;

/// <summary>Random worlds of five alternatives to which 100 000 people come in 90 days. Every run has other rates.</summary>
internal static class FiveArms
{
    /// <summary>The worlds that have gates.</summary>
    public static readonly string[] Gated = ["stationary", "drifting", "delayed"];

    /// <summary>All of them; those without a gate are there so that what holds in three is not taken for what always holds.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["stationary"] = "rates stay; a base of 5 to 15 %, each alternative within a tenth of it",
        ["drifting"] = "who is ahead, by 15 to 30 %, changes every 18 days, within three days",
        ["delayed"] = "rates stay; conversions come seven days late on average",
        ["season"] = "rates stay but for weekly ups and downs of 30 % that all share",
        ["trend"] = "all rates rise from 0.6 to 1.4 of what they are",
        ["walk"] = "every rate wanders by itself, by 10 % in 15 days",
        ["late-drift"] = "drifting, with conversions four days late on average",
        ["wide"] = "rates stay, each anywhere from 5 to 15 %",
        ["spending"] = "a value: lognormal purchases (σ = 1) of 5 to 15 %, seven days late on average",
    };

    /// <summary>A world.</summary>
    /// <param name="kind">A key of <see cref="All"/>.</param>
    /// <param name="name">The run's name.</param>
    public static SimulationScenario Of(string kind, string name)
    {
        var draws = new NamedDraws($"{kind}/{name}/rates");
        var rate = 0.05 + (0.1 * draws.Next());
        double[] rates = [.. Enumerable.Range(0, 5).Select(_ => kind == "wide" ? 0.05 + (0.1 * draws.Next()) : rate * (0.9 + (0.2 * draws.Next())))];
        string[] paths = kind switch
        {
            "drifting" or "late-drift" => Flips(rates, draws),
            "trend" => [.. rates.Select(r => $"[{Point(0, 0.6 * r)}, {Point(90, 1.4 * r)}]")],
            _ => [.. rates.Select(r => Invariant($"{r}"))],
        };
        var more = kind switch
        {
            "delayed" or "spending" => ", \"delay\": \"P7D\"",
            "late-drift" => ", \"delay\": \"P4D\"",
            "season" => ", \"wave\": {\"period\": \"P7D\", \"amplitude\": 0.3}",
            "walk" => ", \"drift\": {\"every\": \"P15D\", \"sigma\": 0.1}",
            _ => string.Empty,
        };
        more += kind == "spending" ? ", \"values\": {\"mean\": 20, \"sigma\": 1}" : string.Empty;
        var json = $$"""
            {
              "duration": "P90D",
              "traffic": {"perDay": 1111.12},
              "experiment": {"alternatives": [{{string.Join(", ", paths.Select((_, i) => $$"""{"key": "{{"abcde"[i]}}"}"""))}}], "default": "a",
                "metrics": [{"id": "signup"{{(kind == "spending" ? ", \"kind\": \"value\"" : string.Empty)}}}]},
              "metrics": {"signup": {"rates": { {{string.Join(", ", paths.Select((path, i) => $"\"{"abcde"[i]}\": {path}"))}} }{{more}} } }
            }
            """;
        return SimulationScenarioReader.Parse(kind, Encoding.UTF8.GetBytes(json)).Value;
    }

    private static string[] Flips(double[] rates, NamedDraws draws)
    {
        var lead = 1.15 + (0.15 * draws.Next());
        int[] best = [.. Enumerable.Range(0, 5).Select(_ => draws.Next(rates.Length))];
        return [.. rates.Select((rate, alternative) => $"[{string.Join(", ", best.SelectMany((leader, spell) =>
        {
            var now = leader == alternative ? rate * lead : rate;
            return new[] { Point((spell * 18) + (spell == 0 ? 0 : 3), now), Point((spell + 1) * 18, now) };
        }))}]")];
    }

    private static string Point(int day, double rate) => Invariant($$"""{"at": "P{{day}}D", "rate": {{rate}}}""");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
