using System.Globalization;
using Bandstand.Cli.Simulate;
using Bandstand.Timesteps;

namespace Bandstand.Benchmarks;

/// <summary>What allocation must reach, played in full: the gates of the tests with more runs, and the tables of docs/allocation.md.</summary>
internal static class AllocationBenchmark
{
    private const long Seed = 1;
    private static int missed;

    /// <summary>Plays the gates.</summary>
    /// <param name="arguments">The number of runs; 300 unless given.</param>
    /// <returns>How many gates were missed.</returns>
    public static int Run(string[] arguments)
    {
        missed = 0;
        Timesteps(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 300);
        return missed;
    }

    private static void Timesteps(int runs)
    {
        // Rows that were measured elsewhere by another program (regret, false switches where nothing differs).
        (double Regret, double FalseSwitches)[] rivals =
        [
            (102.7, 22.9), (206, 3.5), (107, 12.3), (117, 8.8), (133, 6.8), (205, 2.3), (837, 0.07), (197, 50.2), (1507, 0.19),
        ];
        ITimestepPolicy classic = new ClassicTimestepPolicy(), usual = new AdaptiveTimestepPolicy();
        foreach (var (name, policy) in new (string, ITimestepPolicy)[]
        {
            ("classic", classic),
            ("classic × 1, α 0.05", new ClassicTimestepPolicy(CountMultiplier: 1)),
            ("classic × 1, α 0.20", new ClassicTimestepPolicy(Alpha: 0.2, CountMultiplier: 1)),
        })
        {
            Front(name, policy);
        }

        double[] certainties = [0.3, 0.4, 0.5, 0.7, 0.9, 0.95];
        var front = certainties.Select(c => Front(string.Create(CultureInfo.InvariantCulture, $"adaptive {c}"), new AdaptiveTimestepPolicy(c))).ToList();
        Gate("regret in drift below 100", front[1].Regret < 100);
        Gate("false switches in aa below 5", front[1].FalseSwitches < 5);
        Gate("every rival is beaten on both", rivals.All(r => front.Any(f => f.Regret < r.Regret && f.FalseSwitches < r.FalseSwitches)));
        Gate("regret in flips at or below classic", Play("flips", "adaptive", usual).Regret <= Play("flips", "classic", classic).Regret);
        Gate("false switches in same below 5", Play("same", "adaptive", usual).Switches < 5);
        Play("same", "classic", classic);
        foreach (var family in (string[])["late", "values", "values-same"])
        {
            Play(family, "classic", classic);
            Play(family, "adaptive", usual);
        }

        foreach (var family in (string[])["three", "three-same", "five", "five-same", "ten", "ten-same"])
        {
            foreach (var certainty in (double[])[0.4, 0.6, 0.8])
            {
                Play(family, string.Create(CultureInfo.InvariantCulture, $"adaptive {certainty}"), new AdaptiveTimestepPolicy(certainty));
            }
        }

        (double Regret, double FalseSwitches) Front(string name, ITimestepPolicy policy) => (Play("drift", name, policy).Regret, Play("aa", name, policy).Switches);

        TimestepSummary Play(string family, string name, ITimestepPolicy policy)
        {
            var played = TimestepSummary.Of(family, runs, Seed, () => TimestepRun.Using(policy));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{family,-12} {name,-22} regret {played.Regret,8:0.0} ± {played.RegretError,-6:0.0} switches {played.Switches,6:0.00} ± {played.SwitchesError:0.00}"));
            return played;
        }
    }

    private static void Gate(string what, bool held)
    {
        missed += held ? 0 : 1;
        Console.WriteLine($"{(held ? "held" : "MISSED")}: {what}");
    }
}
