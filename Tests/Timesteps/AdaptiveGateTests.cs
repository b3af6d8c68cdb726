using Bandstand.Cli.Simulate;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Timesteps;

/// <summary>
/// What the adaptive policy must reach in made-up worlds, beside the procedure it replaces. The settings were fixed before the
/// worlds <c>flips</c> and <c>same</c> were made. These are 40 runs; <c>Benchmarks allocation</c> plays 300 and holds the same gates
/// (docs/allocation.md).
/// </summary>
public class AdaptiveGateTests
{
    private const int Runs = 40;
    private const long Seed = 1;

    // Rows that were measured elsewhere by another program (regret, false switches where nothing differs).
    private static readonly (double Regret, double FalseSwitches)[] Rivals =
    [
        (102.7, 22.9), (206, 3.5), (107, 12.3), (117, 8.8), (133, 6.8), (205, 2.3), (837, 0.07), (197, 50.2), (1507, 0.19),
    ];

    [Fact]
    public void The_simulator_reproduces_what_was_measured_of_the_classic_policy()
    {
        AssertClassic(new ClassicTimestepPolicy(), 102.7, 2.7, 22.9);
        AssertClassic(new ClassicTimestepPolicy(CountMultiplier: 1), 206, 6, 3.5);
        AssertClassic(new ClassicTimestepPolicy(Alpha: 0.2, CountMultiplier: 1), 107, 3, 12.3);
    }

    [Fact]
    public void Regret_is_below_100_with_fewer_than_5_false_switches_and_every_rival_is_beaten_on_both()
    {
        var front = new[] { 0.4, 0.5, 0.95 }.Select(certainty => new AdaptiveTimestepPolicy(certainty))
            .Select(policy => (Regret: Play("drift", policy).Regret, FalseSwitches: Play("aa", policy).Switches)).ToList();

        Assert.InRange(front[0].Regret, 0, 99.9);
        Assert.InRange(front[0].FalseSwitches, 0, 4.9);
        Assert.All(Rivals, rival => Assert.Contains(front, x => x.Regret < rival.Regret && x.FalseSwitches < rival.FalseSwitches));
    }

    [Fact]
    public void In_worlds_of_random_flips_regret_is_below_the_classic_policys_with_fewer_than_5_false_switches()
    {
        Assert.True(Play("flips", new AdaptiveTimestepPolicy()).Regret < Play("flips", new ClassicTimestepPolicy()).Regret);
        Assert.InRange(Play("same", new AdaptiveTimestepPolicy()).Switches, 0, 4.9);
    }

    private static void AssertClassic(ClassicTimestepPolicy policy, double regret, double error, double falseSwitches)
    {
        var drift = Play("drift", policy);
        var same = Play("aa", policy);

        // Both are estimates, each with its own error.
        var tolerance = 4 * Math.Sqrt((error * error) + (drift.RegretError * drift.RegretError));
        Assert.InRange(drift.Regret, regret - tolerance, regret + tolerance);
        Assert.InRange(same.Switches, falseSwitches - (4 * same.SwitchesError) - 0.05, falseSwitches + (4 * same.SwitchesError) + 0.05);
    }

    private static TimestepSummary Play(string family, ITimestepPolicy policy) => TimestepSummary.Of(family, Runs, Seed, () => TimestepRun.Using(policy));
}
