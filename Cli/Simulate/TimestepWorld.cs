namespace Bandstand.Cli.Simulate;

/// <summary>A made-up history: how many people come in each timestep and how often each alternative converts them.</summary>
/// <param name="Name">It names the streams of the world's people, so that every policy meets the same ones.</param>
/// <param name="Rows">People by timestep.</param>
/// <param name="Rates">Conversion rates by timestep and alternative.</param>
/// <param name="Spread">0: a conversion counts 1. Else it brings a lognormal value of mean 1 with this σ.</param>
internal sealed record TimestepWorld(string Name, IReadOnlyList<int> Rows, IReadOnlyList<double[]> Rates, double Spread = 0)
{
    /// <summary>The winner's share; the others share the rest evenly.</summary>
    public const double WinnerShare = 0.8;

    /// <summary>How many alternatives there are.</summary>
    public int Arms => Rates[0].Length;

    /// <summary>What a person of a timestep brings on average while an alternative leads.</summary>
    public double Reward(int timestep, int leader)
    {
        var rates = Rates[timestep];
        var others = rates.Sum() - rates[leader];
        return (WinnerShare * rates[leader]) + ((1 - WinnerShare) * others / (Arms - 1));
    }

    /// <summary>Expected conversions lost in a timestep against the leader that would have been best in it.</summary>
    public double Regret(int timestep, int leader) =>
        Rows[timestep] * (Enumerable.Range(0, Arms).Max(arm => Reward(timestep, arm)) - Reward(timestep, leader));
}
