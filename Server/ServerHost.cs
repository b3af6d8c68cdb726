using Bandstand.Api;
using Bandstand.Embedded;
using Bandstand.Ports;
using Bandstand.Storage;

namespace Bandstand.Server;

/// <summary>Bandstand on one machine: the embedded engine, the API over it, and nothing else.</summary>
internal static class ServerHost
{
    private const int Refused = 1;
    private const int WrongUsage = 2;

    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Where the server says that it listens.</param>
    /// <param name="error">Where it says why it cannot.</param>
    /// <param name="started">Called with the application once it listens.</param>
    /// <returns>The exit code: 0 done, 1 cannot start, 2 wrong usage.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error, Action<WebApplication>? started = null)
    {
        if (!HostArguments.TryParse(args, Environment.GetEnvironmentVariable, out var arguments, out var fault))
        {
            await error.WriteLineAsync(fault);
            return WrongUsage;
        }

        if (arguments.KeepEvents)
        {
            await error.WriteLineAsync("--keep-events is not there yet (not-yet): this version keeps no raw events. Start without it.");
            return WrongUsage;
        }

        try
        {
            var failures = new FailureLog(TimeProvider.System);
            await using var engine = await EmbeddedExperiments.OpenAsync(arguments.DataFolder, new EmbeddedOptions { Collect = arguments.Collect, Failed = failures.Report });
            await using var app = Build(arguments, engine);
            failures.Begin(app.Services.GetRequiredService<ILogger<FailureLog>>());
            await app.StartAsync();
            await output.WriteLineAsync(BandstandHost.Greeting(app, arguments));
            started?.Invoke(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (StorageException refused)
        {
            await error.WriteLineAsync(OneLine(refused.Message));
            return Refused;
        }
        catch (IOException refused)
        {
            // Kestrel's words name the address and what is wrong with it.
            await error.WriteLineAsync(OneLine($"Cannot listen: {refused.Message}"));
            return Refused;
        }
    }

    private static WebApplication Build(HostArguments arguments, EmbeddedExperiments engine)
    {
        var builder = BandstandHost.CreateBuilder(arguments);
        builder.Services.AddSingleton<IExperiments>(engine);
        var app = builder.Build();
        app.MapBandstandApi();
        app.MapBandstandNotFound();
        return app;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
