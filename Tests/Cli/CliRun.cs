using Bandstand.Cli;

namespace Bandstand.Tests.Cli;

/// <summary>What a command said and answered, run in this process.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static async Task<CliRun> RunAsync(string[] arguments, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, new Terminal(output, error), clock, cancellationToken);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Arguments in one line, parted by spaces; {0} and so on stand for paths, which may hold spaces themselves.</summary>
    public static Task<CliRun> RunAsync(string line, params string[] paths) => RunAsync(Split(line, paths));

    public static string[] Split(string line, params string[] paths) =>
        [.. line.Split(' ').Select(x => string.Format(System.Globalization.CultureInfo.InvariantCulture, x, [.. paths]))];
}
