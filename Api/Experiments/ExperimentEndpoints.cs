using Bandstand.Experiments;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Defining, reading and deleting experiments, and what was decided in them.</summary>
internal sealed class ExperimentEndpoints(ApiParts parts)
{
    private const string Tag = "Experiments";
    private static readonly Parameter Limit = new("limit", """{"type":"integer","minimum":1,"maximum":1000,"default":100}""", "The most items of this page.");
    private static readonly Parameter AfterId = new("after", """{"type":"string"}""", "`next` of the page before.");
    private static readonly Parameter AfterNumber = new("after", """{"type":"integer","format":"int64"}""", "`next` of the page before.");
    private static readonly Parameter IfMatch = new("If-Match", """{"type":"string"}""", "Only if the experiment still has this ETag; `*`: only if it exists.", "header");
    private static readonly Parameter IfNoneMatch = new("If-None-Match", """{"type":"string"}""", "`*`: only create.", "header");
    private static readonly Parameter IfChanged = new("If-None-Match", """{"type":"string"}""", "An ETag: 304 when it is still the same.", "header");

    private readonly IExperiments experiments = parts.Experiments;

    public IEnumerable<Route> Routes =>
    [
        new("PUT", "/v1/experiments/{id}", Access.Admin, Put)
        {
            Name = "putExperiment",
            Tag = Tag,
            Summary = "Creates an experiment or changes its definition. The same definition again changes nothing.",
            Parameters = [IfMatch, IfNoneMatch],
            Body = [Content.Json("ExperimentDefinition")],
            Replies = [new(201, "Created.", Content.Json("Experiment")), new(200, "Changed, or the same as before.", Content.Json("Experiment"))],
            Problems = [409, 412, 422],
        },
        new("GET", "/v1/experiments/{id}", Access.Admin, Get)
        {
            Name = "getExperiment",
            Tag = Tag,
            Summary = "One experiment: its definition with defaults filled in, and its state.",
            Parameters = [IfChanged],
            Replies = [new(200, "The experiment.", Content.Json("Experiment")), new(304, "It still has that ETag.")],
        },
        new("DELETE", "/v1/experiments/{id}", Access.Admin, Delete)
        {
            Name = "deleteExperiment",
            Tag = Tag,
            Summary = "Removes an experiment with everything it holds.",
            Parameters = [IfMatch],
            Replies = [new(204, "Removed.")],
            Problems = [409, 412],
        },
        new("GET", "/v1/experiments", Access.Admin, List)
        {
            Name = "listExperiments",
            Tag = Tag,
            Summary = "All experiments by id.",
            Parameters = [Limit, AfterId],
            Replies = [new(200, "One page.", Content.Json("ExperimentPage"))],
            Problems = [422],
        },
        new("GET", "/v1/experiments/{id}/definition", Access.Admin, Definition)
        {
            Name = "getDefinition",
            Tag = Tag,
            Summary = "The definition alone, with defaults filled in, as it can be changed and PUT again.",
            Parameters = [IfChanged],
            Replies = [new(200, "The definition.", Content.Json("ExperimentDefinition")), new(304, "It still has that ETag.")],
        },
        new("GET", "/v1/experiments/{id}/decisions", Access.Admin, Decisions)
        {
            Name = "listDecisions",
            Tag = Tag,
            Summary = "Every change of weights, winner or status of this generation with its reasons, oldest first.",
            Parameters = [Limit, AfterNumber],
            Replies = [new(200, "One page.", Content.Json("DecisionPage"))],
            Problems = [422],
        },
        new("GET", "/v1/experiments/{id}/epochs", Access.Admin, Epochs)
        {
            Name = "listEpochs",
            Tag = Tag,
            Summary = "The periods of constant weights of this generation, oldest first.",
            Parameters = [Limit, AfterNumber],
            Replies = [new(200, "One page.", Content.Json("EpochPage"))],
            Problems = [422],
        },
    ];

    private async Task Put(HttpContext context)
    {
        var precondition = Preconditions.Of(context.Request);
        if (precondition.IsRefused)
        {
            await Problems.Write(context, precondition.Refusal);
            return;
        }

        var (body, problem) = await Bodies.Json(context, parts);
        if (problem is not null)
        {
            await Problems.Write(context, problem);
            return;
        }

        Answer<ExperimentDefinition> definition;
        using (body)
        {
            definition = ExperimentDefinitionJson.Parse(Paths.Id(context), body.Memory);
        }

        var put = definition.IsRefused
            ? definition.To<PutResult>()
            : await experiments.Put(definition.Value, precondition.Value, context.RequestAborted);
        if (put.IsRefused)
        {
            await Problems.Write(context, put.Refusal);
            return;
        }

        var (view, created) = put.Value;
        Preconditions.Mark(context, view);
        if (created)
        {
            context.Response.Headers.Location = $"/v1/experiments/{view.Definition.Id}";
        }

        await Answers.Write<ExperimentView>(context, view, ExperimentJson.Write, created ? 201 : 200);
    }

    private Task Get(HttpContext context) => Read(context, ExperimentJson.Write);

    private Task Definition(HttpContext context) => Read(context, static (writer, view) => ExperimentDefinitionJson.Write(view.Definition, writer));

    private async Task Read(HttpContext context, Action<System.Text.Json.Utf8JsonWriter, ExperimentView> write)
    {
        var answer = await experiments.Get(Paths.Id(context), context.RequestAborted);
        if (!answer.IsRefused)
        {
            Preconditions.Mark(context, answer.Value);
            if (Preconditions.Has(context.Request, answer.Value))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        await Answers.Write(context, answer, write);
    }

    private async Task Delete(HttpContext context)
    {
        var precondition = Preconditions.Of(context.Request);
        var answer = precondition.IsRefused
            ? precondition.To<ExperimentView>()
            : await experiments.Execute(Paths.Id(context), new ExperimentCommand.Delete(), precondition.Value, context.RequestAborted);
        if (answer.IsRefused)
        {
            await Problems.Write(context, answer.Refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task List(HttpContext context)
    {
        var refusal = Queries.Page(context.Request, out var limit);
        var after = context.Request.Query["after"].ToString();
        await Answers.WritePage(
            context,
            refusal ?? await experiments.List(after.Length == 0 ? null : after, limit, context.RequestAborted),
            ExperimentJson.Write);
    }

    private async Task Decisions(HttpContext context)
    {
        long after = 0;
        var refusal = Queries.Page(context.Request, out var limit) ?? Queries.Whole(context.Request, "after", 0, long.MaxValue, ref after);
        await Answers.WritePage(
            context,
            refusal ?? await experiments.Decisions(Paths.Id(context), after, limit, context.RequestAborted),
            ExperimentJson.Write);
    }

    private async Task Epochs(HttpContext context)
    {
        var after = -1;
        var refusal = Queries.Page(context.Request, out var limit) ?? Queries.Whole(context.Request, "after", 0, int.MaxValue, ref after);
        await Answers.WritePage(
            context,
            refusal ?? await experiments.Epochs(Paths.Id(context), after, limit, context.RequestAborted),
            ExperimentJson.Write);
    }
}
