using System.Globalization;
using System.Text;
using Bandstand.Simulation;

namespace Bandstand.Benchmarks;

/// <summary>What does a run of the simulator cost? 90 virtual days of 100 000 people, five alternatives.</summary>
internal static class SimulatorBenchmark
{
    private const double GoalMs = 2_000;

    // Looked at every hour, so the whole verdict is asked for 2 160 times.
    private const string Completing = " completeWhen";

    private static readonly string[] Usual = ["fixed", "thompson", "top-two", "thompson:discount=0.99", "adaptive:period=P1D", "fixed" + Completing, "thompson" + Completing];

    /// <summary>Measures a run of every policy named, or of the usual ones.</summary>
    /// <param name="args">Policies as they are typed for <c>simulate</c>, and <c>--runs N</c>.</param>
    public static int Run(string[] args)
    {
        var at = Array.IndexOf(args, "--runs");
        var runs = at < 0 ? 3 : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
        var policies = args.Where((_, i) => at < 0 || (i != at && i != at + 1)).ToArray();
        Console.WriteLine($"{"policy",-28} {"first ms",9} {"best ms",9} {"mean ms",9} {"MB",7} {"epochs",7}   processor time of the whole process; goal {GoalMs} ms");
        var missed = 0;
        foreach (var policy in policies.Length > 0 ? policies : Usual)
        {
            var completes = policy.EndsWith(Completing, StringComparison.Ordinal);
            var scenario = Scenario(completes ? """, "completeWhen": {"probability": 0.9999999}""" : string.Empty);
            var definition = SimulatedPolicies.Parse(scenario, completes ? policy[..^Completing.Length] : policy).Value.Definition;
            var times = new List<double>();
            var (bytes, epochs) = (0L, 0);
            for (var run = 0; run <= runs; run++)
            {
                bytes = GC.GetTotalAllocatedBytes();
                var from = ThreadClock.ProcessNanoseconds();
                epochs = new Simulator(scenario, definition, string.Create(CultureInfo.InvariantCulture, $"speed/{run}")).Run().Epochs;
                times.Add((ThreadClock.ProcessNanoseconds() - from) / 1e6);
                bytes = GC.GetTotalAllocatedBytes() - bytes;
            }

            var later = times.Skip(1).DefaultIfEmpty(times[0]).ToList();
            missed += later.Min() > GoalMs ? 1 : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{policy,-28} {times[0],9:0} {later.Min(),9:0} {later.Average(),9:0} {bytes / 1e6,7:0} {epochs,7}"));
        }

        return missed;
    }

    private static SimulationScenario Scenario(string more) => SimulationScenarioReader.Parse("speed", Encoding.UTF8.GetBytes($$$"""
        {
          "duration": "P90D", "traffic": {"perDay": 1111.2},
          "experiment": {"alternatives": [{"key": "a"}, {"key": "b"}, {"key": "c"}, {"key": "d"}, {"key": "e"}], "default": "a", "metrics": [{"id": "signup", "kind": "conversion"}] {{{more}}} },
          "metrics": {"signup": {"rates": {"a": 0.100, "b": 0.095, "c": 0.105, "d": 0.115, "e": 0.100} } }
        }
        """)).Value;
}
