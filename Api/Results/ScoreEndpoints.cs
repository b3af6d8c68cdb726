using System.Globalization;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>What the figures say now.</summary>
internal sealed class ScoreEndpoints(ApiParts parts)
{
    private const string Tag = "Results";

    /// <summary>The parameters of every question for a score.</summary>
    public static readonly IReadOnlyList<Parameter> Parameters =
    [
        new("method", """{"type":"string","enum":["classic","bayes","sequential","fixed"]}""", "How alternatives are judged; the definition's method when left out."),
        new("metric", """{"type":"string"}""", "The metric's id; the primary one when left out."),
        new("probability", """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":100}""", "Percent that a choice needs; no choice is named when left out."),
        new("segment", """{"type":"string"}""", "`attribute:value`: only participants with it."),
    ];

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/v1/experiments/{id}/score", Access.Admin, Score)
        {
            Name = "getScore",
            Tag = Tag,
            Summary = "The figures of every alternative and what they are worth.",
            Parameters = [.. Parameters, new("epochs", """{"type":"boolean","default":false}""", "Also what was seen under each set of weights, with the probabilities of assignment.")],
            Replies = [new(200, "The score.", Content.Json("Score"))],
            Problems = [422],
        },
        new("GET", "/v1/experiments/{id}/segments", Access.Admin, Segments)
        {
            Name = "getSegments",
            Tag = Tag,
            Summary = "Who takes part, by the attributes that results are split by.",
            Replies = [new(200, "Each attribute with its 50 most frequent values, the rest as other.", Content.Json("Segments"))],
        },
        new("GET", "/v1/experiments/{id}/conclusion", Access.Admin, Conclude)
        {
            Name = "getConclusion",
            Tag = Tag,
            Summary = "What the score means, in coded claims with a sentence each.",
            Parameters = Parameters,
            Replies = [new(200, "The claims.", Content.Json("Conclusion"))],
            Problems = [422],
        },
    ];

    /// <summary>The question in a query.</summary>
    public static Answer<ScoreQuery> Query(HttpRequest request)
    {
        double? probability = null;
        if (Text(request, "probability") is { } text)
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            {
                return Queries.Refuse(RefusalKind.Malformed, "wrong-type", "probability", "This must be a number of percent, such as 95.");
            }

            probability = number;
        }

        var epochs = Text(request, "epochs");
        return epochs is null or "true" or "false"
            ? new ScoreQuery(Text(request, "method"), Text(request, "metric"), probability, Text(request, "segment"), epochs == "true")
            : Queries.Refuse(RefusalKind.Malformed, "wrong-type", "epochs", "This must be true or false.");
    }

    private async Task Score(HttpContext context)
    {
        var query = Query(context.Request);
        await Answers.Write(
            context,
            query.IsRefused ? query.To<ScoreReport>() : await parts.Experiments.Score(Paths.Id(context), query.Value, context.RequestAborted),
            ScoreJson.Write);
    }

    private async Task Segments(HttpContext context) =>
        await Answers.Write(context, await parts.Experiments.Segments(Paths.Id(context), context.RequestAborted), SegmentJson.Write);

    private async Task Conclude(HttpContext context)
    {
        var query = Query(context.Request);
        await Answers.Write(
            context,
            query.IsRefused ? query.To<IReadOnlyList<Claim>>() : await parts.Experiments.Conclude(Paths.Id(context), query.Value, context.RequestAborted),
            ConclusionJson.Write);
    }

    private static string? Text(HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;
}
