using System.Globalization;
using Bandstand.Simulation;
using Bandstand.Timesteps;

namespace Bandstand.Cli.Simulate;

/// <summary>Decides a timestep in one run; it may remember earlier ones of the same run.</summary>
/// <param name="timestep">Its number.</param>
/// <param name="winner">Who led before it.</param>
/// <param name="observations">What was observed.</param>
/// <param name="keys">The alternatives.</param>
internal delegate TimestepResult Decider(int timestep, string winner, TimestepObservations observations, IReadOnlyList<string> keys);

/// <summary>What a policy did in one world.</summary>
/// <param name="Regret">Expected conversions (or value) lost against the best leader of each timestep.</param>
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
        var stream = new NamedDraws(FormattableString.Invariant($"{world.Name}/{leader}/{t}"));
        var targets = new TargetSums[world.Arms];
        var (shown, converted) = (new long[world.Arms], new long[world.Arms]);
        shown[leader] = stream.NextBinomial(world.Rows[t], TimestepWorld.WinnerShare);
        var (rest, others) = (world.Rows[t] - shown[leader], world.Arms - 1);
        for (var arm = 0; arm < world.Arms; arm++)
        {
            if (arm != leader)
            {
                shown[arm] = stream.NextBinomial(rest, 1.0 / others--);
                rest -= shown[arm];
            }

            converted[arm] = stream.NextBinomial(shown[arm], world.Rates[t][arm]);
            targets[arm] = TargetSums.Repeated(0, shown[arm] - converted[arm])
                + (world.Spread == 0 ? TargetSums.Repeated(1, converted[arm]) : Values(stream, converted[arm], world.Spread));
        }

        return new TimestepObservations(
            world.Rows[t],
            0,
            0,
            0,
            null,
            [.. keys.Select((key, arm) => new AlternativeObservations(key, shown[arm], 0, targets[arm]))]);
    }

    private static TargetSums Values(NamedDraws stream, long count, double spread)
    {
        var sums = default(TargetSums);
        for (var i = 0; i < count; i++)
        {
            sums = sums.Add(stream.NextLognormal(spread));
        }

        return sums;
    }
}
