using Bandstand.Events;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Takes events: whole batches, or bodies without an end.</summary>
internal sealed class EventEndpoints(ApiParts parts)
{
    private const string Expected = "application/x-ndjson (or text/plain) for one event a line, or application/json for an array";

    public IEnumerable<Route> Routes =>
    [
        new("POST", "/v1/events", Access.Client, Ingest)
        {
            Name = "sendEvents",
            Tag = "Events",
            Summary = "Takes events and answers when what counted is durable. Good events count even if others are rejected.",
            Parameters =
            [
                new("producer", """{"type":"string"}""", "`NAME/SEQUENCE`: sent again it counts nothing twice."),
                new(Producers.Header, """{"type":"string"}""", "The same as `producer`, as a header.", "header"),
                new("Content-Encoding", """{"type":"string","enum":["gzip","identity"]}""", "How the body is compressed.", "header"),
            ],
            Body =
            [
                new("application/x-ndjson", "Event"),
                new("text/plain", "Event"),
                Content.Json("""{"type":"array","items":{"$ref":"#/components/schemas/Event"}}"""),
            ],
            Replies = [new(200, "Durable.", Content.Json("EventReceipt"))],
            Problems = [408, 409, 413, 422],
        },
    ];

    private async Task Ingest(HttpContext context)
    {
        var request = context.Request;
        var kind = ContentTypes.Of(request);
        if (kind is not (ContentKind.Json or ContentKind.Lines or ContentKind.Text))
        {
            await Problems.Write(context, Problem.ContentType(Expected));
            return;
        }

        var producer = Producers.Of(request);
        if (producer.IsRefused)
        {
            await Problems.Write(context, producer.Refusal);
            return;
        }

        var isWhole = kind == ContentKind.Json || producer.Value is not null;
        if (!isWhole && !(request.ContentLength <= parts.Options.PieceBytes))
        {
            await new EventStream(parts, context).Run();
            return;
        }

        var (body, problem) = await RequestBody.ReadWhole(context, parts.Options.MaxBatchBytes, parts.Gate);
        if (problem is not null)
        {
            await Problems.Write(context, problem);
            return;
        }

        using (body)
        {
            var batch = new EventBatch(body.Memory, kind == ContentKind.Json ? EventFormat.Array : EventFormat.Lines, producer.Value);
            await Answers.Write(context, await parts.Experiments.Ingest(batch), EventJson.Write);
        }
    }
}
