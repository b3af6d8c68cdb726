using System.CommandLine;
using System.CommandLine.Invocation;
using Bandstand.Cli.Evaluate;
using Bandstand.Cli.Export;
using Bandstand.Cli.Generate;
using Bandstand.Cli.Power;
using Bandstand.Cli.Replay;
using Bandstand.Cli.Simulate;

namespace Bandstand.Cli;

/// <summary>The commands, and what becomes of their errors.</summary>
internal static class CommandLine
{
    /// <summary>Runs what was typed.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="clock">The time by which files are waited for; the system's unless given.</param>
    /// <param name="cancellationToken">Stops cleanly, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        var parsed = Root(terminal, clock ?? TimeProvider.System).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await terminal.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            }

            await terminal.Error.WriteLineAsync($"Type '{Usage(parsed)} --help' to see what there is.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            // Ctrl-C and termination cancel the token; what is being written is given time to end.
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            };
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandException error)
        {
            await terminal.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            return error.ExitCode;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            return ExitCode.Refused;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("stopped").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
    }

    private static RootCommand Root(Terminal terminal, TimeProvider clock) => new("Bandstand: experiments from the command line.")
    {
        ReplayCommand.Create(terminal, clock),
        GenerateCommand.Create(terminal),
        SimulateCommand.Create(terminal),
        ExportCommand.Create(terminal),
        EvaluateCommand.Create(terminal),
        PowerCommand.Create(terminal),
    };

    private static string Usage(ParseResult parsed) => parsed.CommandResult.Command is RootCommand ? "bandstand" : $"bandstand {parsed.CommandResult.Command.Name}";
}
