using Bandstand.Api;
using Bandstand.Grains;
using Bandstand.Ports;
using Bandstand.Silo.Settings;
using Bandstand.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime.MembershipService;

namespace Bandstand.Silo;

/// <summary>Bandstand on one of several machines: a silo with the grains, and the API over all of them.</summary>
internal static class SiloProgram
{
    private const int Refused = 1;
    private const int WrongUsage = 2;
    private const int LongestReason = 200;

    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Where the silo says that it listens.</param>
    /// <param name="error">Where it says why it cannot.</param>
    /// <param name="started">Called with the application once it listens and the silo is active.</param>
    /// <returns>The exit code: 0 done, 1 cannot start, 2 wrong usage.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error, Action<WebApplication>? started = null)
    {
        var (own, shared) = SiloSettingsReader.Split(args);
        if (!HostArguments.TryParse(shared, Environment.GetEnvironmentVariable, out var arguments, out var fault))
        {
            await error.WriteLineAsync($"{fault} {SiloSettingsReader.Usage}");
            return WrongUsage;
        }

        if (arguments.KeepEvents)
        {
            await error.WriteLineAsync("--keep-events is not there yet (not-yet): this version keeps no raw events. Start without it.");
            return WrongUsage;
        }

        try
        {
            var settings = SiloSettingsReader.Read(SiloSettingsReader.Configuration(own), arguments.DataFolder);
            var failures = new FailureLog(TimeProvider.System);
            await using var app = Build(arguments, settings, failures);
            failures.Begin(app.Services.GetRequiredService<ILogger<FailureLog>>());
            await Start(app, settings);
            await output.WriteLineAsync(BandstandHost.Greeting(app, arguments));
            started?.Invoke(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception refused) when (Reason(refused) is { } reason)
        {
            await error.WriteLineAsync(reason.ReplaceLineEndings(" "));
            return Refused;
        }
    }

    private static WebApplication Build(HostArguments arguments, SiloSettings settings, FailureLog failures)
    {
        var builder = BandstandHost.CreateBuilder(arguments);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);

        // Its first look counts from the start of the machine and would frighten whoever reads it.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        builder.UseOrleans(silo => silo.UseBandstand(settings).UseBandstandGrains(new GrainOptions { Failed = failures.Report }));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<ExperimentWaker>();
        builder.Services.AddSingleton<IExperiments>(services => new ClusterExperiments(services.GetRequiredService<IGrainFactory>(), new FrontOptions { Collect = arguments.Collect }));
        var app = builder.Build();
        app.MapBandstandApi();
        app.MapBandstandNotFound();
        return app;
    }

    /// <exception cref="SiloSettingsException">It cannot start for a reason that only a provider knows.</exception>
    private static async Task Start(WebApplication app, SiloSettings settings)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception refused) when (Reason(refused) is null)
        {
            // Providers throw what they like. Orleans has logged it with all that is known.
            var said = refused.GetBaseException().Message;
            throw new SiloSettingsException($"The silo cannot start ({(said.Length <= LongestReason ? said : said[..LongestReason] + "…")}). See whether {string.Join(" and ", new[] { settings.Clustering, settings.Storage }.Distinct())} can be reached from here with the connection that is set, then start again; the log says more.");
        }
    }

    /// <summary>What is wrong in one line, when it is something that whoever starts the silo can mend.</summary>
    private static string? Reason(Exception refused) => refused switch
    {
        SiloSettingsException or StorageException or OrleansConfigurationException => refused.Message,
        OrleansLifecycleCanceledException { InnerException: { } inner } => Reason(inner),
        AggregateException { InnerExceptions: [var only] } => Reason(only),
        OrleansClusterConnectivityCheckFailedException => $"{refused.Message}. If those are gone, start this one again now; otherwise open their silo ports to this one.",
        IOException => $"Cannot listen: {refused.Message}",
        JournalUnavailableException => refused.Message,
        _ => null,
    };
}
