using System.CommandLine;

namespace Bandstand.Cli.Simulate;

/// <summary><c>simulate</c>: reserved; it says that it is not there yet.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var command = new Command("simulate", "Compares policies on made-up experiments. Not there yet.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(int (ParseResult _) => throw new CommandException("simulate is not there yet.", ExitCode.Usage));
        return command;
    }
}
