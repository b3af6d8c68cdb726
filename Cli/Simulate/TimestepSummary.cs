namespace Bandstand.Cli.Simulate;

/// <summary>What a policy did in many worlds of a family: means, and their standard errors.</summary>
/// <param name="Runs">How many worlds.</param>
/// <param name="Regret">Mean of the expected conversions lost per run.</param>
/// <param name="RegretError">Its standard error.</param>
/// <param name="Switches">Mean of the switches per run; where nothing differs all are false.</param>
/// <param name="SwitchesError">Its standard error.</param>
internal sealed record TimestepSummary(int Runs, double Regret, double RegretError, double Switches, double SwitchesError)
{
    /// <summary>Plays a policy in many worlds.</summary>
    /// <param name="family">One of <see cref="TimestepWorlds.Names"/>.</param>
    /// <param name="runs">2 or more.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="policy">Makes the policy anew for every run.</param>
    public static TimestepSummary Of(string family, int runs, long seed, Func<Decider> policy)
    {
        var all = new TimestepRun[runs];
        Parallel.For(0, runs, run => all[run] = TimestepRun.Play(TimestepWorlds.Make(family, seed, run), policy()));
        var (regret, regretError) = Mean([.. all.Select(x => x.Regret)]);
        var (switches, switchesError) = Mean([.. all.Select(x => (double)x.Switches)]);
        return new TimestepSummary(runs, regret, regretError, switches, switchesError);
    }

    private static (double Mean, double Error) Mean(double[] values)
    {
        var mean = values.Average();
        var squares = values.Sum(x => (x - mean) * (x - mean));
        return (mean, Math.Sqrt(squares / (values.Length - 1) / values.Length));
    }
}
