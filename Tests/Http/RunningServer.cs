using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bandstand.Api;
using Bandstand.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bandstand.Tests.Http;

/// <summary>A real Kestrel on a free port of loopback, and a client for it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly Func<ValueTask> stop;
    private ApiDescription? description;

    private RunningServer(WebApplication app, LogLines log, Func<ValueTask> stop)
    {
        App = app;
        Log = log;
        this.stop = stop;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public WebApplication App { get; }

    public LogLines Log { get; }

    /// <summary>What the server says of its own API; every response is held against it.</summary>
    public async Task<ApiDescription> Description() => description ??= new ApiDescription(await Client.GetStringAsync(new Uri(Address, "/openapi/v1.json")));

    /// <summary>Serves the experiments.</summary>
    /// <param name="experiments">What to serve.</param>
    /// <param name="options">Keys and limits.</param>
    /// <param name="stop">Ends what the experiments need.</param>
    public static async Task<RunningServer> Start(IExperiments experiments, ApiOptions? options = null, Func<ValueTask>? stop = null)
    {
        var log = new LogLines();
        var builder = BandstandHost.CreateBuilder(new HostArguments { Urls = ["http://127.0.0.1:0"], Api = options ?? new ApiOptions() });
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(experiments);
        var app = builder.Build();
        app.MapBandstandApi();
        app.MapBandstandNotFound();
        await app.StartAsync();
        return new RunningServer(app, log, stop ?? (() => default));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        await stop();
    }
}

/// <summary>One response with its whole body, checked as every response must be: status, media type and body agree.</summary>
internal sealed record Reply(int Status, string? MediaType, string Text, HttpResponseHeaders Headers)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Encoding.UTF8.GetBytes(Text));

    /// <summary>The problem's code, or null when it is none.</summary>
    public string? Code => Status >= 400 ? Json.GetProperty("code").GetString() : null;
}

/// <summary>Remembers what was logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (lines)
            {
                lines.Add($"{logLevel}: {formatter(state, exception)} {exception}");
            }
        }
    }

    public void Dispose()
    {
    }
}
