using System.Globalization;
using Bandstand.Simulation;

namespace Bandstand.Benchmarks.Bandits;

/// <summary>
/// Five alternatives, 100 000 people: what bandits lose beside those of the textbooks, who meet the same people in the same run. The figures
/// of docs/allocation.md.
/// </summary>
internal static class BanditBenchmark
{
    private static readonly string[] Ours = ["thompson", "thompson:floor=0.001", "thompson:discount=0.99", "top-two"];

    private static readonly (string Name, TextbookBandit Bandit)[] Textbooks =
    [
        ("textbook Thompson", new(topTwo: false)),
        ("textbook top-two", new(topTwo: true)),
        ("textbook Thompson, floor 0.01", new(topTwo: false, floor: 0.01)),
    ];

    /// <summary>Plays.</summary>
    /// <param name="arguments">How many runs, 100 unless given; names of worlds, those with gates unless given, or <c>all</c>.</param>
    /// <returns>How many gates were missed.</returns>
    public static int Run(string[] arguments)
    {
        var runs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100;
        string[] kinds = arguments is [_, "all"] ? [.. FiveArms.All.Keys] : arguments.Length > 1 ? arguments[1..] : FiveArms.Gated;
        return kinds.Sum(kind => Play(kind, runs));
    }

    private static int Play(string kind, int runs)
    {
        var regrets = Textbooks.Select(t => t.Name).Concat(Ours).ToDictionary(name => name, _ => new double[runs]);
        var least = double.PositiveInfinity;
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run =>
        {
            var name = Invariant($"five/{run}");
            var scenario = FiveArms.Of(kind, name);
            foreach (var (rival, bandit) in Textbooks)
            {
                regrets[rival][run] = bandit.Regret(scenario, name);
            }

            foreach (var policy in Ours)
            {
                var played = new Simulator(scenario, SimulatedPolicies.Parse(scenario, policy).Value.Definition, name) { AsksVerdict = false }.Run();
                regrets[policy][run] = played.Regret;
                if (policy == "thompson")
                {
                    var lowest = played.Experiment.Epochs.Min(epoch => epoch.Weights.Min());
                    lock (regrets)
                    {
                        least = Math.Min(least, lowest);
                    }
                }
            }
        });

        var thompson = regrets[Textbooks[0].Name];
        Console.WriteLine(Invariant($"{kind}: {FiveArms.All[kind]}; {runs} runs"));
        foreach (var (name, regret) in regrets)
        {
            var ratio = Ratio(regret, thompson);
            Console.WriteLine(Invariant($"  {name,-30} {regret.Average(),8:0.0} ± {Error(regret),-6:0.0} ratio {ratio.Value:0.000} ± {ratio.Error:0.000}"));
        }

        var best = Math.Min(thompson.Average(), regrets[Textbooks[1].Name].Average());
        return Missed("no alternative below its floor", least >= 100) + kind switch
        {
            "stationary" => Missed("with a floor of 0.001 at most 1.05 × the better of the textbooks'", regrets[Ours[1]].Average() <= 1.05 * best)
                + Missed("with the usual floor at most 1.05 × the textbooks' Thompson with that floor", regrets[Ours[0]].Average() <= 1.05 * regrets[Textbooks[2].Name].Average())
                + Missed("with the usual floor at most 1.05 × the better of the textbooks', which have none", regrets[Ours[0]].Average() <= 1.05 * best),
            "drifting" => Missed("with a discount of 0.99 below both of the textbooks'", regrets[Ours[2]].Average() < best),
            "delayed" => Missed("as it comes below both of the textbooks'", regrets[Ours[0]].Average() < best),
            _ => 0,
        };
    }

    /// <summary>The ratio of two means and its standard error, by the differences of the same runs.</summary>
    private static (double Value, double Error) Ratio(double[] regret, double[] other)
    {
        var value = regret.Average() / other.Average();
        return (value, Error([.. regret.Zip(other, (x, y) => x - (value * y))]) / other.Average());
    }

    private static double Error(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Length - 1) / values.Length);
    }

    private static int Missed(string what, bool held)
    {
        Console.WriteLine($"  {(held ? "held" : "MISSED")}: {what}");
        return held ? 0 : 1;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
