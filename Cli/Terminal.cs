using Spectre.Console;

namespace Bandstand.Cli;

/// <summary>Where a command writes: results and progress to one stream, warnings and errors to the other.</summary>
/// <param name="Output">Plain lines.</param>
/// <param name="Error">Warnings and errors, so that they stay visible when the output goes to a file.</param>
/// <param name="Live">A terminal that can redraw a progress bar; null when the output goes elsewhere.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, IAnsiConsole? Live = null)
{
    /// <summary>The process's own streams.</summary>
    public static Terminal System() => new(
        Console.Out,
        Console.Error,
        Console.IsOutputRedirected || Console.IsErrorRedirected ? null : AnsiConsole.Console);

    /// <summary>Says what is doubtful but does not stop the work.</summary>
    public void Warn(string text) => Error.WriteLine($"warning: {text}");
}
