using System.CommandLine;
using System.Globalization;

namespace Bandstand.Cli.Simulate;

/// <summary><c>simulate</c>: plays policies in made-up worlds, side by side.</summary>
internal static class SimulateCommand
{
    private const string Header = "scenario,policy,runs,regret,regret_error,switches,switches_error\n";

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string?>("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A scenario: an experiment, who comes, and what each alternative does to them (docs/simulate.md).",
        };
        var scenario = new Option<string[]>("--scenario")
        {
            HelpName = "NAME",
            Description = $"Instead of a file, timesteps in made-up worlds: {string.Join(", ", TimestepWorlds.Names)}. May be given again.",
        };
        scenario.AcceptOnlyFromAmong([.. TimestepWorlds.Names]);
        var policy = new Option<string[]>("--policy")
        {
            HelpName = "POLICY",
            Description = "Of a file: fixed, thompson, top-two, classic, adaptive or as-defined; of names: classic or adaptive. Settings go after a colon, such as thompson:floor=0.05,every=500. May be given again.",
        };
        var runs = Numbers.Whole("--runs", 2, $"How many worlds. Default: {ScenarioCommand.UsualRuns} of a file, 300 of each name.");
        var seed = Numbers.Whole("--seed", 0, "Other worlds, the same for every policy. Default: 1.");
        var folder = new Option<string?>("--out") { HelpName = "DIR", Description = "Also writes tables (CSV) and, of a file, pictures (SVG) there." };
        var command = new Command("simulate", "Plays policies in made-up worlds, side by side: regret, power, switches.") { file, scenario, policy, runs, seed, folder };
        command.Validators.Add(result =>
        {
            var (isFile, isName) = (result.GetResult(file) is { Tokens.Count: > 0 }, result.GetResult(scenario) is { Tokens.Count: > 0 });
            if (isFile == isName)
            {
                result.AddError(isFile ? "Play either a scenario FILE or --scenario NAME, not both." : "Name what is played: a scenario FILE, or --scenario NAME.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => parsed.GetValue(file) is { } path
                ? ScenarioCommand.Run(path, parsed.GetValue(policy) ?? [], parsed.GetValue(runs) ?? ScenarioCommand.UsualRuns, parsed.GetValue(seed) ?? 1, parsed.GetValue(folder), terminal, cancellationToken)
                : Run(
                    parsed.GetValue(scenario)!,
                    parsed.GetValue(policy) is { Length: > 0 } named ? named : ["classic", "adaptive"],
                    parsed.GetValue(runs) ?? 300,
                    parsed.GetValue(seed) ?? 1,
                    parsed.GetValue(folder),
                    terminal),
            cancellationToken));
        return command;
    }

    private static int Run(string[] scenarios, string[] policies, int runs, int seed, string? folder, Terminal terminal)
    {
        var parsed = policies.Select(text => (Text: text, Policy: PolicyText.Parse(text))).ToList();
        if (scenarios.FirstOrDefault(x => TimestepWorlds.Make(x, seed, 0).Arms > 2) is { } many && policies.FirstOrDefault(x => x.StartsWith("classic", StringComparison.Ordinal)) is { } classic)
        {
            throw new CommandException($"--policy {classic} decides between two alternatives, and '{many}' has more: leave out one of them.", ExitCode.Usage);
        }

        var table = Header;
        terminal.Output.WriteLine($"Means of {runs} runs each; ± is the standard error.");
        foreach (var scenario in scenarios)
        {
            foreach (var (text, policy) in parsed)
            {
                var summary = TimestepSummary.Of(scenario, runs, seed, () => TimestepRun.Using(policy));
                terminal.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scenario}, {text}: regret {summary.Regret:N1} ± {summary.RegretError:N1}, switches {summary.Switches:N2} ± {summary.SwitchesError:N2}"));
                table += string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scenario},\"{text}\",{runs},{summary.Regret:R},{summary.RegretError:R},{summary.Switches:R},{summary.SwitchesError:R}\n");
            }
        }

        if (folder is not null)
        {
            try
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, "simulation.csv"), table);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"--out {folder} cannot be written: {error.Message}", inner: error);
            }
        }

        return ExitCode.Done;
    }
}
