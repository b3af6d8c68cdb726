using System.Diagnostics;
using System.Globalization;

namespace Bandstand.Benchmarks.Simulation;

/// <summary>How often does a method that is looked at err, beside one that does not allow for it, and what does it see?</summary>
/// <remarks>Seeded: the same arguments give the same tables, which docs/statistics.md keeps.</remarks>
internal static class SimulationBenchmark
{
    /// <summary>Runs every scenario, or those whose name contains one of the words.</summary>
    /// <param name="args">See <see cref="Options"/>.</param>
    public static int Run(string[] args)
    {
        var options = new Options(args);
        Console.WriteLine($"seed {options.Seed}; a third of the runs for power, two thirds for bandits; nominal 5 %, sample ratios 0.1 %");
        LookScenarios.Errors(options);
        LookScenarios.Power(options);
        BanditScenarios.Thompson(options);
        BanditScenarios.Ramp(options);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Process.GetCurrentProcess().TotalProcessorTime.TotalMinutes:0.0} minutes of one processor"));
        return 0;
    }
}
