using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Planning;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>How many participants a question takes, before it is asked and while it runs.</summary>
internal sealed class PowerEndpoints(ApiParts parts)
{
    private const string Number = """{"type":"number"}""";
    private const string Positive = """{"type":"number","exclusiveMinimum":0}""";
    private const string Probability = """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""";

    private static readonly IReadOnlyList<Parameter> Parameters =
    [
        new("kind", """{"type":"string","enum":["conversion","count","value","ratio","retention"]}""", "What is measured."),
        new("baseline", Number, "The control's rate (0.05 is 5 %) or mean."),
        new("stdDev", Positive, "Counts and values: the standard deviation of participants' totals."),
        new("eventShare", """{"type":"number","exclusiveMinimum":0,"maximum":1}""", "Counts and values, sequential: the share of participants with an event; 1 when left out."),
        new("lift", Number, "The effect relative to the baseline: 0.1 is 10 % more."),
        new("difference", Number, "The effect in units of the baseline, instead of lift."),
        new("goal", """{"type":"string","enum":["increase","decrease"]}""", "The direction of an effect that is solved for; increase when left out."),
        new("alpha", """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":0.5}""", "The error probability of all comparisons with the control together; 0.05 when left out."),
        new("power", Probability, "The probability of finding the effect; 0.8 when left out, unless it is what is solved for."),
        new("participants", """{"type":"number","minimum":4}""", "Participants in all."),
        new("days", Positive, "Instead of participants: that many days at perDay."),
        new("perDay", Positive, "New participants a day."),
        new("alternatives", """{"type":"integer","minimum":2,"maximum":256}""", "How many, the control included; 2 when left out."),
        new("weights", """{"type":"string"}""", "Their weights, the control's first, with commas: 2,1,1. Equal when left out."),
        new("method", """{"type":"string","enum":["sequential","fixed"]}""", "Looks at any time (when left out), or one at the end."),
        new("experiment", """{"type":"string"}""", "Takes what is not given from this experiment's figures and traffic."),
        new("metric", """{"type":"string"}""", "The experiment's metric; the primary one when left out."),
    ];

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/v1/power", Access.Admin, Power)
        {
            Name = "getPower",
            Tag = "Results",
            Summary = "Sample size, power or detectable effect: whichever is left out.",
            Parameters = Parameters,
            Replies = [new(200, "The plan.", Content.Json("Power"))],
            Problems = [404, 422],
        },
    ];

    private async Task Power(HttpContext context)
    {
        var query = PowerQueryReader.Read(name => context.Request.Query[name].ToString());
        await Answers.Write(context, query.IsRefused ? query.To<PowerAnswer>() : await Answer(query.Value, context.RequestAborted), PowerAnswerJson.Write);
    }

    private async Task<Answer<PowerAnswer>> Answer(PowerQuery query, CancellationToken cancellationToken)
    {
        if (query.Experiment is not { } id)
        {
            return PowerPlanner.Answer(query);
        }

        var view = await parts.Experiments.Get(id, cancellationToken);
        if (view.IsRefused)
        {
            return view.Refusal;
        }

        var score = await parts.Experiments.Score(id, new ScoreQuery(Metric: query.Metric), cancellationToken);
        if (score.IsRefused)
        {
            return score.Refusal;
        }

        var history = await parts.Experiments.History(id, HistoryUnit.Hour, cancellationToken);
        return history.IsRefused
            ? history.Refusal
            : PowerPlanner.Answer(query, ObservedTraffic.Of(view.Value, score.Value, history.Value, parts.Clock.GetUtcNow()));
    }
}
