using Bandstand.Simulation;

namespace Bandstand.Cli.Generate;

/// <summary>A made-up history of two banners: how many rows each timestep has and how often each banner converts.</summary>
/// <param name="Name">What users call it.</param>
/// <param name="LeastRows">The least number of rows of a timestep.</param>
/// <param name="RowSpan">How many more there can be.</param>
/// <param name="Rates">The conversion rate of banner 0 and 1 in a timestep.</param>
internal sealed record Scenario(string Name, int LeastRows, int RowSpan, Func<int, (double Rate0, double Rate1)> Rates)
{
    /// <summary>Timesteps 0 to 120.</summary>
    public const int Timesteps = 121;

    /// <summary>Seconds of one timestep.</summary>
    public const int Period = 43_200;

    /// <summary>Strategy k shows banner k with this share.</summary>
    public const double WinnerShare = 0.8;

    /// <summary>When timestep 0 begins.</summary>
    public static readonly DateTime Start = new(2019, 2, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The better banner changes at 25, 72 (gradually, the lines cross at 71.5) and 105.</summary>
    public static readonly Scenario Drift = new("drift", 500, 1_000, DriftRates);

    /// <summary>Both banners are the same: every switch is a mistake.</summary>
    public static readonly Scenario Same = new("aa", 500, 400, _ => (0.10, 0.10));

    /// <summary>Small timesteps, many of them crafted to be wrong in some way.</summary>
    public static readonly Scenario Edge = new("edge", 60, 120, t => t < 60 ? (0.15, 0.10) : (0.10, 0.16));

    public static readonly IReadOnlyList<Scenario> All = [Drift, Same, Edge];

    /// <summary>How many rows a timestep of the data set <paramref name="set"/> has.</summary>
    public int Rows(string set, int timestep) => LeastRows + new NamedDraws($"{set}/n/{timestep}").Next(RowSpan);

    private static (double Rate0, double Rate1) DriftRates(int timestep)
    {
        switch (timestep)
        {
            case < 25:
                return (0.12, 0.09);
            case < 60:
                return (0.09, 0.13);
            case < 90:
                var way = (timestep - 59.5) / 30;
                return (0.09 + (0.05 * way), 0.13 - (0.05 * way));
            case < 105:
                return (0.14, 0.08);
            default:
                return (0.10, 0.12);
        }
    }
}
