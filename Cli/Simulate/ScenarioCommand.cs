using Bandstand.Ports;
using Bandstand.Simulation;

namespace Bandstand.Cli.Simulate;

/// <summary><c>simulate FILE</c>: plays policies side by side in the world that a file describes.</summary>
internal static class ScenarioCommand
{
    /// <summary>How many runs are played unless said otherwise.</summary>
    public const int UsualRuns = 20;

    /// <summary>Plays and writes.</summary>
    /// <param name="file">The scenario.</param>
    /// <param name="policies">As typed; none: those of the file, else its own.</param>
    /// <param name="runs">How many worlds.</param>
    /// <param name="seed">Other worlds.</param>
    /// <param name="folder">Where CSV and SVG go, or null.</param>
    /// <param name="terminal">Where the table goes.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static int Run(string file, IReadOnlyList<string> policies, int runs, int seed, string? folder, Terminal terminal, CancellationToken cancellationToken)
    {
        var scenario = Read(file);
        foreach (var warning in scenario.Experiment.Warnings)
        {
            terminal.Warn($"{file}: $.experiment{warning.Path[1..]}: {warning.Detail}");
        }

        IReadOnlyList<string> named = policies.Count > 0 ? policies : scenario.Policies.Count > 0 ? scenario.Policies : [SimulatedPolicies.Own];
        var origin = policies.Count > 0 ? null : $"{file}: {(scenario.Policies.Count > 0 ? "$.policies" : "$.experiment.allocation")}: ";
        var played = named.Distinct().Select(text => Checked(SimulatedPolicies.Parse(scenario, text), origin)).ToList();
        if (folder is not null)
        {
            // What cannot be written is said before it is played.
            Writing(folder, () => Directory.CreateDirectory(folder));
        }

        var results = played.Select(policy => (Policy: policy, Runs: Play(scenario, policy, runs, seed, cancellationToken))).ToList();
        var summaries = results.Select(r => SimulationSummary.Of(r.Policy.Name, r.Runs)).ToList();
        terminal.Output.Write(ScenarioTables.Text(scenario, summaries));
        if (folder is not null)
        {
            Writing(folder, () => Write(folder, scenario, summaries, results));
            terminal.Output.WriteLine($"Tables and pictures are in {folder}.");
        }

        return ExitCode.Done;
    }

    /// <summary>Plays the runs of a policy, several at a time; the order of the answer does not depend on that.</summary>
    public static SimulationRun[] Play(SimulationScenario scenario, SimulatedPolicy policy, int runs, int seed, CancellationToken cancellationToken)
    {
        var all = new SimulationRun[runs];
        try
        {
            Parallel.For(
                0,
                runs,
                new ParallelOptions { CancellationToken = cancellationToken },
                run => all[run] = new Simulator(scenario, policy.Definition, FormattableString.Invariant($"{seed}/{run}")).Run(cancellationToken));
        }
        catch (AggregateException several) when (several.InnerExceptions.Any(e => e is OperationCanceledException))
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return all;
    }

    private static SimulationScenario Read(string file)
    {
        if (Directory.Exists(file))
        {
            throw new CommandException($"{file} is a folder. Name a scenario file in it.");
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file} cannot be read: {error.Message}", inner: error);
        }

        var read = SimulationScenarioReader.Parse(Path.GetFileNameWithoutExtension(file), bytes);
        if (!read.IsRefused)
        {
            return read.Value;
        }

        var errors = read.Refusal.Errors.Count == 0 ? [read.Refusal.Detail] : read.Refusal.Errors.Select(e => $"{e.Path}: {e.Detail}").ToList();
        throw new CommandException($"{file} is no scenario that can be played:\n  {string.Join("\n  ", errors)}");
    }

    /// <summary>A policy that can be played.</summary>
    /// <param name="parsed">The policy.</param>
    /// <param name="origin">Where in the scenario it stands; null: it was typed.</param>
    private static SimulatedPolicy Checked(Answer<SimulatedPolicy> parsed, string? origin)
        => parsed.IsRefused ? throw new CommandException(origin + parsed.Refusal.Detail, origin is null ? ExitCode.Usage : ExitCode.Refused) : parsed.Value;

    private static void Write(
        string folder, SimulationScenario scenario, IReadOnlyList<SimulationSummary> summaries, IReadOnlyList<(SimulatedPolicy Policy, SimulationRun[] Runs)> results)
    {
        File.WriteAllText(Path.Combine(folder, "simulation.csv"), ScenarioTables.Summaries(summaries));
        File.WriteAllText(Path.Combine(folder, "days.csv"), ScenarioTables.Days(scenario, summaries));
        File.WriteAllText(Path.Combine(folder, "runs.csv"), ScenarioTables.Runs(results));
        if (scenario.Kinds.Attributes.Count > 0)
        {
            File.WriteAllText(Path.Combine(folder, "segments.csv"), ScenarioTables.Segments(scenario, summaries));
        }

        foreach (var (name, svg) in ScenarioCharts.Of(scenario, summaries))
        {
            File.WriteAllText(Path.Combine(folder, name), svg);
        }
    }

    private static void Writing(string folder, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--out {folder} cannot be written: {error.Message}", inner: error);
        }
    }
}
