using System.Globalization;
using Bandstand.Cli.Generate;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Simulate;

/// <summary>Decides a timestep in one run; it may remember earlier ones of the same run.</summary>
/// <param name="timestep">Its number.</param>
/// <param name="winner">Who led before it.</param>
/// <param name="observations">What was observed.</param>
/// <param name="keys">The alternatives.</param>
internal delegate TimestepResult Decider(int timestep, string winner, TimestepObservations observations, IReadOnlyList<string> keys);

/// <summary>What a policy did in one world.</summary>
/// <param name="Regret">Expected conversions lost against the best leader of each timestep.</param>
/// <param name="Switches">How often the lead changed.</param>
internal readonly record struct TimestepRun(double Regret, int Switches)
{
    /// <summary>Plays a world: the winner of each timestep steers the next one.</summary>
    /// <param name="world">Its people are the same for every policy, as long as the same alternative leads.</param>
    /// <param name="decide">A policy that knows nothing yet.</param>
    public static TimestepRun Play(TimestepWorld world, Decider decide)
    {
        string[] keys = [.. Enumerable.Range(0, world.Arms).Select(arm => arm.ToString(CultureInfo.InvariantCulture))];
        var (winner, regret, switches) = (0, 0.0, 0);
        for (var t = 0; t < world.Rows.Count; t++)
        {
            regret += world.Regret(t, winner);
            var result = decide(t, keys[winner], Observe(world, keys, winner, t), keys);
            winner = Array.IndexOf(keys, result.Winner);
            switches += result.Changed ? 1 : 0;
        }

        return new TimestepRun(regret, switches);
    }

    /// <summary>A policy as the product runs it, for one run.</summary>
    public static Decider Using(ITimestepPolicy policy)
    {
        if (policy is AdaptiveTimestepPolicy adaptive)
        {
            // The same figures without learning everything anew at every timestep.
            var learner = new AdaptiveLearner(adaptive.Spell);
            return (timestep, winner, observations, keys) => adaptive.Decide(learner, timestep, winner, observations, keys);
        }

        return (timestep, winner, observations, keys) => policy.Decide(timestep, winner, observations, [], keys);
    }

    private static TimestepObservations Observe(TimestepWorld world, string[] keys, int leader, int t)
    {
        var stream = new NamedStream(FormattableString.Invariant($"{world.Name}/{leader}/{t}"));
        var (shown, converted) = (new int[world.Arms], new int[world.Arms]);
        for (var i = 0; i < world.Rows[t]; i++)
        {
            var arm = leader;
            var other = (stream.Next() - TimestepWorld.WinnerShare) / (1 - TimestepWorld.WinnerShare);
            if (other >= 0)
            {
                arm = Math.Min((int)(other * (world.Arms - 1)), world.Arms - 2);
                arm += arm >= leader ? 1 : 0;
            }

            shown[arm]++;
            converted[arm] += stream.Next() < world.Rates[t][arm] ? 1 : 0;
        }

        return new TimestepObservations(
            world.Rows[t],
            0,
            0,
            0,
            null,
            [.. keys.Select((key, arm) => new AlternativeObservations(
                key, shown[arm], 0, TargetSums.Repeated(0, shown[arm] - converted[arm]) + TargetSums.Repeated(1, converted[arm])))]);
    }
}
