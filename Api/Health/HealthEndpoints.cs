using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Is it alive, can it serve.</summary>
internal sealed class HealthEndpoints(ApiParts parts)
{
    private const string Tag = "Health";

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/healthz", Access.Open, context => Say(context, "alive"))
        {
            Name = "getHealth",
            Tag = Tag,
            Summary = "The process is alive.",
            Replies = [new(200, "Alive.", Content.Json("Health"))],
        },
        new("GET", "/readyz", Access.Open, Ready)
        {
            Name = "getReadiness",
            Tag = Tag,
            Summary = "Requests can be served; 503 while starting, stopping, or when the store cannot be read.",
            Replies = [new(200, "Ready.", Content.Json("Health"))],
        },
    ];

    private async Task Ready(HttpContext context)
    {
        if (parts.Stopping.IsCancellationRequested)
        {
            await Problems.Write(context, Problem.Stopping);
            return;
        }

        var answer = await parts.Experiments.List(null, 1, context.RequestAborted);
        await (answer.IsRefused ? Problems.Write(context, answer.Refusal) : Say(context, "ready"));
    }

    private static Task Say(HttpContext context, string status)
    {
        using var json = JsonOutput.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteString("status"u8, status);
        json.Writer.WriteEndObject();
        context.Response.Headers.CacheControl = "no-store";
        return json.Send(context, 200);
    }
}
