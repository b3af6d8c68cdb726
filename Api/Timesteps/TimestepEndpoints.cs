using System.Globalization;
using System.Text;
using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Timesteps;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bandstand.Api;

/// <summary>Observations of numbered timesteps and their winners.</summary>
internal sealed class TimestepEndpoints(ApiParts parts)
{
    private const string Tag = "Timesteps";

    public IEnumerable<Route> Routes =>
    [
        new("POST", "/v1/experiments/{id}/timesteps/{t}/observations", Access.Admin, Observe)
        {
            Name = "observe",
            Tag = Tag,
            Summary = "Takes observations of an open timestep and answers when what counted is durable.",
            Parameters =
            [
                new("producer", """{"type":"string"}""", "`NAME/SEQUENCE`: sent again it counts nothing twice."),
                new(Producers.Header, """{"type":"string"}""", "The same as `producer`, as a header.", "header"),
                new("Content-Encoding", """{"type":"string","enum":["gzip","identity"]}""", "How the body is compressed.", "header"),
            ],
            Body = [new("text/csv", """{"type":"string"}"""), new("application/x-ndjson", "Observation")],
            Replies = [new(200, "Durable.", Content.Json("EventReceipt"))],
            Problems = [409, 422],
        },
        new("POST", "/v1/experiments/{id}/timesteps/{t}/close", Access.Admin, Close)
        {
            Name = "closeTimestep",
            Tag = Tag,
            Summary = "Closes a timestep and decides its winner. Closing again answers the same; earlier open steps are closed with it.",
            Body = [Content.Json("Nothing")],
            BodyOptional = true,
            Replies = [new(200, "What was decided.", Content.Json("Timestep"))],
            Problems = [409, 422],
        },
        new("GET", "/v1/experiments/{id}/timesteps", Access.Admin, List)
        {
            Name = "listTimesteps",
            Tag = Tag,
            Summary = "Closed timesteps, oldest first; as text/csv the whole table of winners, beginning with the default before the first step.",
            Parameters =
            [
                new("limit", """{"type":"integer","minimum":1,"maximum":1000,"default":100}""", "The most items of this page (JSON)."),
                new("after", """{"type":"integer"}""", "`next` of the page before (JSON)."),
            ],
            Replies = [new(200, "One page, or the table.", Content.Json("TimestepPage"), new("text/csv", """{"type":"string"}"""))],
            Problems = [409, 422],
        },
    ];

    private async Task Observe(HttpContext context)
    {
        ObservationFormat? format = ContentTypes.Of(context.Request) switch
        {
            ContentKind.Csv => ObservationFormat.Csv,
            ContentKind.Lines => ObservationFormat.Lines,
            _ => null,
        };
        if (format is null)
        {
            await Problems.Write(context, Problem.ContentType("text/csv or application/x-ndjson"));
            return;
        }

        var timestep = Number(context);
        var producer = Producers.Of(context.Request);
        if ((timestep.Refusal ?? producer.Refusal) is { } refusal)
        {
            await Problems.Write(context, refusal);
            return;
        }

        var limit = producer.Value is null ? parts.Options.MaxObservationBytes : parts.Options.MaxBatchBytes;
        var (body, problem) = await RequestBody.ReadWhole(context, limit, parts.Gate);
        if (problem is not null)
        {
            await Problems.Write(context, problem);
            return;
        }

        using (body)
        {
            var batch = new ObservationBatch(body.Memory, format.Value, producer.Value);
            await Answers.Write(context, await parts.Experiments.Observe(Paths.Id(context), timestep.Value, batch), EventJson.Write);
        }
    }

    private async Task Close(HttpContext context)
    {
        var timestep = Number(context);
        var nothing = await Bodies.Nothing(context, parts);
        if (nothing is not null)
        {
            await Problems.Write(context, nothing);
            return;
        }

        await Answers.Write(
            context,
            timestep.IsRefused ? timestep.To<TimestepResult>() : await parts.Experiments.Close(Paths.Id(context), timestep.Value, context.RequestAborted),
            TimestepJson.Write);
    }

    private async Task List(HttpContext context)
    {
        var after = -1;
        var refusal = Queries.Page(context.Request, out var limit) ?? Queries.Whole(context.Request, "after", -1, int.MaxValue, ref after);
        if (refusal is null && WantsCsv(context.Request))
        {
            await Table(context);
            return;
        }

        await Answers.WritePage(
            context,
            refusal ?? await parts.Experiments.Timesteps(Paths.Id(context), after, limit, context.RequestAborted),
            TimestepJson.Write);
    }

    /// <summary>The table that the original program kept in a file: before the first step, the default leads.</summary>
    private async Task Table(HttpContext context)
    {
        var id = Paths.Id(context);
        var experiment = await parts.Experiments.Get(id, context.RequestAborted);
        var page = experiment.IsRefused
            ? experiment.To<Page<TimestepResult>>()
            : await parts.Experiments.Timesteps(id, -1, Queries.MaxLimit, context.RequestAborted);
        if (page.IsRefused)
        {
            await Problems.Write(context, page.Refusal);
            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8";
        var text = new StringBuilder("timestep,winner\n").Append(CultureInfo.InvariantCulture, $"-1,{Cell(experiment.Value.Definition.Default)}\n");
        while (true)
        {
            foreach (var result in page.Value.Items)
            {
                text.Append(CultureInfo.InvariantCulture, $"{result.Timestep},{Cell(result.Winner)}\n");
            }

            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
            }

            text.Clear();
            if (page.Value.Next is not { } next)
            {
                return;
            }

            // A refusal here cuts the answer off: what was sent says 200 already.
            page = await parts.Experiments.Timesteps(id, int.Parse(next, CultureInfo.InvariantCulture), Queries.MaxLimit, context.RequestAborted);
            _ = page.Value;
        }
    }

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static bool WantsCsv(HttpRequest request) =>
        request.Headers.Accept.Count > 0
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept!, out var accepted)
        && accepted.Any(a => a.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase));

    private static Answer<int> Number(HttpContext context) =>
        int.TryParse((string)context.Request.RouteValues["t"]!, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : JsonFields.Refuse(RefusalKind.Malformed, ExperimentCodes.WrongType, "{t}", "A timestep is a whole number from 0.");
}
