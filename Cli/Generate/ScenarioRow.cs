using Bandstand.Simulation;

namespace Bandstand.Cli.Generate;

/// <summary>One impression: which banner, of which product, how many seconds into its timestep, and whether it converted.</summary>
internal readonly record struct ScenarioRow(int Banner, int Product, int Offset, int Target)
{
    public static readonly IReadOnlyList<string> Products = ["clothes", "sneakers", "accessories", "sports_nutrition", "company"];

    /// <summary>The rows of one file in order of time. The draws come in the order that the data sets were first made with.</summary>
    /// <param name="scenario">Shares and rates.</param>
    /// <param name="set">The name that the draws depend on.</param>
    /// <param name="strategy">0 or 1.</param>
    /// <param name="timestep">0 or more.</param>
    /// <param name="count">How many rows.</param>
    public static ScenarioRow[] Draw(Scenario scenario, string set, int strategy, int timestep, int count)
    {
        var stream = new NamedDraws($"{set}/{strategy}/{timestep}");
        var (rate0, rate1) = scenario.Rates(timestep);
        var offsets = new int[count];
        for (var i = 0; i < count; i++)
        {
            offsets[i] = stream.Next(Scenario.Period);
        }

        Array.Sort(offsets);
        var rows = new ScenarioRow[count];
        for (var i = 0; i < count; i++)
        {
            var banner = stream.Next() < Scenario.WinnerShare ? strategy : 1 - strategy;
            var product = scenario == Scenario.Same ? stream.Next(Products.Count) : banner;
            var target = stream.Next() < (banner == 0 ? rate0 : rate1) ? 1 : 0;
            rows[i] = new ScenarioRow(banner, product, offsets[i], target);
        }

        return rows;
    }
}
