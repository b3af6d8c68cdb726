namespace Bandstand.Cli;

/// <summary>What the process answers to the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The input was refused: files, folders, a server's answer.</summary>
    public const int Refused = 1;

    /// <summary>The command was written wrongly, or asks for what there is not yet.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or a termination signal before it was done.</summary>
    public const int Interrupted = 130;
}

/// <summary>Ends a command with a message for the person who typed it.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="inner">What caused it.</param>
internal sealed class CommandException(string message, int exitCode = ExitCode.Refused, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
