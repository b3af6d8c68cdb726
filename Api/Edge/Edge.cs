using Bandstand.Ports;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Bandstand.Api;

/// <summary>
/// What stands around every endpoint: origin, key, number of requests, and the one place where exceptions are logged and
/// become answers.
/// </summary>
internal sealed partial class Edge(Keys keys, Origins origins, Gate gate, TimeProvider clock, ILogger<Edge> logger)
{
    /// <summary>The longest address, path and query, in characters as they were sent.</summary>
    public const int MaxAddress = 8 << 10;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private long spokeAt;
    private int unsaid;

    public RequestDelegate Around(Access access, RequestDelegate handler) => context => Run(context, access, handler);

    private async Task Run(HttpContext context, Access access, RequestDelegate handler)
    {
        origins.Mark(context);
        var isTooLong = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Length > MaxAddress;
        if ((isTooLong ? Problem.AddressTooLong : keys.Refuse(context, access)) is { } refusal)
        {
            await Problems.Write(context, refusal);
            return;
        }

        if (access != Access.Open && !gate.TryEnter())
        {
            await Problems.Write(context, Problem.Overloaded);
            return;
        }

        try
        {
            await handler(context);
            if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            {
                Unavailable(context);
            }
        }
#pragma warning disable CA1031 // This is the edge: whatever went wrong is answered here.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await Failed(context, error);
        }
        finally
        {
            if (access != Access.Open)
            {
                gate.Leave();
            }
        }
    }

    /// <summary>A store that cannot be reached refuses everybody: one line a second says so.</summary>
    private void Unavailable(HttpContext context)
    {
        var before = Interlocked.Read(ref spokeAt);
        if ((before != 0 && clock.GetElapsedTime(before) < Quiet)
            || Interlocked.CompareExchange(ref spokeAt, clock.GetTimestamp(), before) != before)
        {
            Interlocked.Increment(ref unsaid);
            return;
        }

        LogUnavailable(logger, Endpoint(context), Problems.CodeOf(context), Interlocked.Exchange(ref unsaid, 0));
    }

    private async Task Failed(HttpContext context, Exception error)
    {
        var problem = Understood(context, error);
        if (problem is null)
        {
            LogGone(logger, Endpoint(context));
            context.Abort();
            return;
        }

        if (problem.Status is 500 or 503)
        {
            LogFailed(logger, error, Endpoint(context), problem.Status, problem.Code);
        }

        if (context.Response.HasStarted)
        {
            // The status is out already: a broken connection is the only honest end.
            context.Abort();
            return;
        }

        context.Response.Clear();
        origins.Mark(context);
        await Problems.Write(context, problem);
    }

    /// <summary>What an exception means to the caller; null when there is nobody left to tell.</summary>
    private static Problem? Understood(HttpContext context, Exception error) => error switch
    {
        RefusedException refused => Problems.From(refused.Refusal),
        BadHttpRequestException broken => Problem.From(broken),
        JournalUnavailableException unavailable => Problem.From(unavailable),
        JournalDamagedException => Problem.ExperimentDamaged,
        ConnectionResetException or ConnectionAbortedException => null,
        IOException or OperationCanceledException when context.RequestAborted.IsCancellationRequested => null,
        _ => Problem.Internal,
    };

    private static string Endpoint(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "?";

    // The pattern and not the path: a path may hold an identity.
    [LoggerMessage(1, LogLevel.Error, "{Endpoint} failed and was answered {Status} {Code}.")]
    private static partial void LogFailed(ILogger logger, Exception error, string endpoint, int status, string code);

    [LoggerMessage(3, LogLevel.Warning, "{Endpoint} was answered 503 {Code}; so were {Unsaid} others since the last such line.")]
    private static partial void LogUnavailable(ILogger logger, string endpoint, string code, int unsaid);

    [LoggerMessage(2, LogLevel.Debug, "{Endpoint}: the caller went away.")]
    private static partial void LogGone(ILogger logger, string endpoint);
}
