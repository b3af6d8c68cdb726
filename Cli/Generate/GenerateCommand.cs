using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Bandstand.Cli.Generate;

/// <summary><c>generate</c>: writes a made-up data set for <c>replay</c>, the same bytes on every machine.</summary>
internal static class GenerateCommand
{
    private const string Truth = "truth.csv";

    public static Command Create(Terminal terminal)
    {
        var scenario = new Option<string>("--scenario")
        {
            Required = true,
            HelpName = "drift|aa|edge",
            Description = "drift: the better banner changes three times; aa: both are the same; edge: crafted trouble.",
        };
        scenario.AcceptOnlyFromAmong([.. Scenario.All.Select(x => x.Name)]);
        var folder = new Option<string>("--out") { Required = true, HelpName = "DIR", Description = "Where strategy_0, strategy_1 and truth.csv go." };
        var name = new Option<string>("--name")
        {
            HelpName = "NAME",
            Description = "Another name makes other data of the same kind. Default: the scenario's.",
        };
        var rows = Numbers.Whole("--rows-per-timestep", EdgeCases.LeastRows, "Rows per file. Default: the scenario's own varying numbers.");
        var command = new Command("generate", "Writes a made-up data set for replay, the same bytes on every machine.") { scenario, folder, name, rows };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () =>
            {
                var kind = Scenario.All.Single(x => x.Name == parsed.GetValue(scenario));
                var target = parsed.GetValue(folder)!;
                try
                {
                    Generate(terminal, kind, target, parsed.GetValue(name) ?? kind.Name, parsed.GetValue(rows), cancellationToken);
                    return ExitCode.Done;
                }
                catch (AggregateException several) when (several.InnerException is IOException or UnauthorizedAccessException)
                {
                    throw CannotWrite(target, several.InnerException);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    throw CannotWrite(target, error);
                }
            },
            CancellationToken.None));
        return command;
    }

    private static void Generate(Terminal terminal, Scenario scenario, string folder, string set, int? rows, CancellationToken cancellationToken)
    {
        Clear(folder);
        WriteTruth(Path.Combine(folder, Truth), scenario, set, rows);
        long written = 0;
        var files = Enumerable.Range(0, 2 * Scenario.Timesteps).Select(i => (Strategy: i % 2, Timestep: i / 2));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.ForEach(files, parallel, file =>
        {
            var path = Path.Combine(folder, $"strategy_{file.Strategy}", $"timestep_{file.Timestep}.csv");
            Interlocked.Add(ref written, ScenarioFile.Write(path, scenario, set, file.Strategy, file.Timestep, rows));
        });
        terminal.Output.WriteLine($"Wrote {written.ToString("N0", CultureInfo.InvariantCulture)} rows of '{scenario.Name}' to {folder}.");
        terminal.Output.WriteLine($"Next: replay --data {folder} --out DIR");
    }

    private static CommandException CannotWrite(string folder, Exception error) =>
        new($"--out {folder} cannot be written: {error.Message}", inner: error);

    // Only what generate itself wrote is replaced: somebody's data would be gone for good.
    private static void Clear(string folder)
    {
        for (var strategy = 0; strategy < 2; strategy++)
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, $"strategy_{strategy}")).FullName;
            var old = Directory.GetFiles(target, "timestep_*.csv");
            if (old.Length > 0 && !File.Exists(Path.Combine(folder, Truth)))
            {
                throw new CommandException($"{target} already holds timesteps that were not generated: choose another folder.");
            }

            foreach (var file in old)
            {
                File.Delete(file);
            }
        }
    }

    private static void WriteTruth(string path, Scenario scenario, string set, int? rows)
    {
        var text = new StringBuilder("timestep,n,p0,p1,best\n");
        for (var t = 0; t < Scenario.Timesteps; t++)
        {
            var (rate0, rate1) = scenario.Rates(t);
            var best = rate0 == rate1 ? -1 : rate1 > rate0 ? 1 : 0;
            text.Append(CultureInfo.InvariantCulture, $"{t},{rows ?? scenario.Rows(set, t)},{rate0},{rate1},{best}\n");
        }

        File.WriteAllText(path, text.ToString());
    }
}
