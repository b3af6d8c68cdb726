using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>News of an experiment as server-sent events.</summary>
internal sealed class StreamEndpoints(ApiParts parts)
{
    private readonly ScoreCache scores = new(parts);

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/v1/experiments/{id}/stream", Access.Admin, Stream)
        {
            Name = "streamNews",
            Tag = "Results",
            Summary = "Server-sent events: counts and score whenever they change, and every new decision. It ends when the experiment is deleted.",
            Parameters =
            [
                .. ScoreEndpoints.Parameters,
                new("Last-Event-ID", """{"type":"string"}""", "The id of the last decision seen: later ones are sent first.", "header"),
            ],
            Replies = [new(200, "Events counts, score and decision, with JSON data.", new Content("text/event-stream", """{"type":"string"}"""))],
            Problems = [422],
        },
    ];

    private async Task Stream(HttpContext context)
    {
        var query = ScoreEndpoints.Query(context.Request);
        if (query.IsRefused)
        {
            await Problems.Write(context, query.Refusal);
            return;
        }

        if (!parts.Gate.TryEnterStream())
        {
            await Problems.Write(context, Problem.Overloaded);
            return;
        }

        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, parts.Stopping);
            await new NewsStream(parts, scores, context, query.Value).Run(ending.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || parts.Stopping.IsCancellationRequested)
        {
            // The reader left or the server stops: nothing more to say.
        }
        finally
        {
            parts.Gate.LeaveStream();
        }
    }
}
