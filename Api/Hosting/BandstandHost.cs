using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bandstand.Api;

/// <summary>What Server and Silo share: Kestrel set up for this API, and logs that hold no identities.</summary>
public static class BandstandHost
{
    /// <summary>Open connections; over it new ones are closed at once.</summary>
    public const int MaxConnections = 10_000;

    /// <summary>How long requests under way, and the grains of a silo, have to end when the process is told to stop.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A web application that listens where the arguments say. Add an IExperiments, build it, map the API and run it.</summary>
    /// <param name="arguments">What was said on the command line.</param>
    public static WebApplicationBuilder CreateBuilder(HostArguments arguments)
    {
        // Settings are read beside the program, once: watching the working folder would mean to watch every write to the data.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.UseUrls([.. arguments.Urls]);
        builder.WebHost.ConfigureKestrel(Tune);

        // Request lines hold identities and keys: the framework's own request logs stay off.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddBandstandApi(arguments.Api);
        return builder;
    }

    /// <summary>The line that says where a started application listens and where its data is.</summary>
    /// <param name="app">The application, started.</param>
    /// <param name="arguments">What was said on the command line.</param>
    public static string Greeting(WebApplication app, HostArguments arguments) =>
        $"Bandstand listens on {string.Join(" and ", app.Urls)} and keeps its data in {arguments.DataFolder}";

    private static void Tune(KestrelServerOptions kestrel)
    {
        // Addresses come from the arguments alone, which say where it is safe to listen without keys.
        kestrel.Configure();
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);

        // The API limits every body itself, by what it is for, and says of an address that it is too long: Kestrel has no words.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestLineSize = 64 << 10;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestBufferSize = 256 << 10;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
