using System.CommandLine;
using System.Globalization;

namespace Bandstand.Cli.Export;

/// <summary><c>export</c>: writes what a server holds about an experiment to a file.</summary>
internal static class ExportCommand
{
    internal const string KeyVariable = "BANDSTAND_ADMIN_KEY";

    public static Command Create(Terminal terminal)
    {
        var server = new Option<string>("--server") { Required = true, HelpName = "URL", Description = "The server, such as http://127.0.0.1:5080." };
        server.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && Address(text) is null)
            {
                result.AddError($"--server {text}: an address such as http://127.0.0.1:5080 is needed.");
            }
        });
        var experiment = new Option<string>("--experiment") { Required = true, HelpName = "ID", Description = "The experiment." };
        var file = new Option<string>("--out")
        {
            Required = true,
            HelpName = "FILE.(csv|ndjson)",
            Description = "csv: one row per metric and alternative; ndjson: everything, one JSON object a line. Replaced if it is there.",
        };
        file.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !IsTable(path) && !IsLines(path))
            {
                result.AddError($"--out {path}: a name that ends in .csv or .ndjson is needed.");
            }
        });
        var key = new Option<string?>("--key") { HelpName = "K", Description = $"The server's admin key. Default: the environment's {KeyVariable}." };

        var command = new Command("export", "Writes what a server holds about an experiment to a file.") { server, experiment, file, key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = ApiClient.For(
                Address(parsed.GetValue(server)!)!, parsed.GetValue(key) ?? Environment.GetEnvironmentVariable(KeyVariable));
            await ExportAsync(terminal, client, parsed.GetValue(experiment)!, Path.GetFullPath(parsed.GetValue(file)!), cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ExportAsync(Terminal terminal, ApiClient client, string id, string path, CancellationToken cancellationToken)
    {
        var export = await ExportedExperiment.FetchAsync(client, id, IsTable(path), terminal.Warn, cancellationToken).ConfigureAwait(false);
        var lines = (IsTable(path) ? ExportTable.Write(export) : ExportLines.Write(export)).ToArray();

        // Written under another name and renamed: whoever reads it sees the whole file, old or new.
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path + ".new", string.Join('\n', lines) + "\n", cancellationToken).ConfigureAwait(false);
        File.Move(path + ".new", path, overwrite: true);
        await terminal.Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"Wrote {lines.Length:N0} lines of '{id}' to {path}.").AsMemory(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A server's address, or null where it is none.</summary>
    internal static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address : null;

    private static bool IsTable(string path) => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    private static bool IsLines(string path) => path.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase);
}
