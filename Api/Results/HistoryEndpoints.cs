using System.Globalization;
using Bandstand.Participants;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>What happened when, and metrics over all experiments.</summary>
internal sealed class HistoryEndpoints(ApiParts parts)
{
    private const string Tag = "Results";

    /// <summary>The most days that are answered at once.</summary>
    public const int MaxDays = 3_660;

    private const string Date = """{"type":"string","format":"date"}""";

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/v1/experiments/{id}/history", Access.Admin, History)
        {
            Name = "getHistory",
            Tag = Tag,
            Summary = "New participants and what each metric gained, by hour (14 days) or day (for life).",
            Parameters = [new("by", """{"type":"string","enum":["hour","day"],"default":"day"}""", "The unit.")],
            Replies = [new(200, "The history.", Content.Json("History"))],
            Problems = [422],
        },
        new("GET", "/v1/experiments/{id}/health", Access.Admin, Health)
        {
            Name = "getExperimentHealth",
            Tag = Tag,
            Summary = "What may be wrong with what is sent: conflicting exposures, events without an assignment, forgotten producers.",
            Replies = [new(200, "The health of this generation.", Content.Json("ExperimentHealth"))],
        },
        new("GET", "/v1/metrics", Access.Admin, Metrics)
        {
            Name = "listMetrics",
            Tag = Tag,
            Summary = "Every metric that an experiment has or that was tracked, by id.",
            Parameters =
            [
                new("limit", """{"type":"integer","minimum":1,"maximum":1000,"default":100}""", "The most items of this page."),
                new("after", """{"type":"string"}""", "`next` of the page before."),
            ],
            Replies = [new(200, "One page.", Content.Json("MetricPage"))],
            Problems = [422],
        },
        new("GET", "/v1/metrics/{metric}/values", Access.Admin, Values)
        {
            Name = "getMetricValues",
            Tag = Tag,
            Summary = "A metric's totals by day (UTC), both ends included; days without events are 0.",
            Parameters = [new("from", Date, "The first day; 29 days before `to` when left out."), new("to", Date, "The last day; today when left out.")],
            Replies = [new(200, "The days.", Content.Json("MetricValues"))],
            Problems = [404, 422],
        },
    ];

    private async Task History(HttpContext context)
    {
        HistoryUnit? unit = context.Request.Query["by"].ToString() switch
        {
            "" or "day" => HistoryUnit.Day,
            "hour" => HistoryUnit.Hour,
            _ => null,
        };
        await Answers.Write(
            context,
            unit is null
                ? Queries.Refuse(RefusalKind.Invalid, "unknown-word", "by", "This must be hour or day.")
                : await parts.Experiments.History(Paths.Id(context), unit.Value, context.RequestAborted),
            HistoryJson.Write);
    }

    private async Task Health(HttpContext context)
    {
        var id = Paths.Id(context);
        await Answers.Write<ShardHealth>(context, await parts.Experiments.Health(id, context.RequestAborted), (writer, health) => HistoryJson.Write(writer, id, health));
    }

    private async Task Metrics(HttpContext context)
    {
        var refusal = Queries.Page(context.Request, out var limit);
        var after = context.Request.Query["after"].ToString();
        await Answers.WritePage(
            context,
            refusal ?? await parts.Experiments.Metrics(after.Length == 0 ? null : after, limit, context.RequestAborted),
            HistoryJson.Write);
    }

    private async Task Values(HttpContext context)
    {
        var to = DateOnly.FromDateTime(parts.Clock.GetUtcNow().UtcDateTime);
        var refusal = Day(context.Request, "to", ref to);
        var from = to.DayNumber >= 29 ? to.AddDays(-29) : DateOnly.MinValue;
        refusal ??= Day(context.Request, "from", ref from)
            ?? (from > to || to.DayNumber - from.DayNumber >= MaxDays
                ? Queries.Refuse(RefusalKind.Invalid, "out-of-range", "from", $"This must not be after `to`, nor {MaxDays} days or more before it.")
                : null);
        var metric = (string)context.Request.RouteValues["metric"]!;
        await Answers.Write<IReadOnlyList<MetricDay>>(
            context,
            refusal ?? await parts.Experiments.MetricValues(metric, from, to, context.RequestAborted),
            (writer, days) => HistoryJson.Write(writer, metric, days));
    }

    private static Refusal? Day(HttpRequest request, string name, ref DateOnly day)
    {
        if (request.Query[name].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            ? null
            : Queries.Refuse(RefusalKind.Malformed, "wrong-type", name, "This must be a day such as 2026-01-31.");
    }
}
