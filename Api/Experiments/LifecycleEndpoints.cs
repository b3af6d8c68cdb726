using Bandstand.Experiments;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Starting, pausing, ending and steering experiments.</summary>
internal sealed class LifecycleEndpoints(ApiParts parts)
{
    private const string Tag = "Experiments";
    private static readonly string[] ResetFields = ["seed"];
    private static readonly string[] CompleteFields = ["outcome"];
    private static readonly string[] WeightsFields = ["weights", "reason"];
    private static readonly Parameter IfMatch = new("If-Match", """{"type":"string"}""", "Only if the experiment still has this ETag; `*`: only if it exists.", "header");

    private delegate Answer<ExperimentCommand> Reading(ReadOnlySpan<byte> body);

    public IEnumerable<Route> Routes =>
    [
        Command("start", "startExperiment", "Starts a draft.", "Nothing", body => Plain(body, new ExperimentCommand.Start())),
        Command("enable", "enableExperiment", "Lets a disabled experiment run again.", "Nothing", body => Plain(body, new ExperimentCommand.Enable())),
        Command("disable", "disableExperiment", "Pauses: everybody gets the default, nothing is counted.", "Nothing", body => Plain(body, new ExperimentCommand.Disable())),
        Command("rebalance", "rebalanceExperiment", "Computes the weights now, by the experiment's policy.", "Nothing", body => Plain(body, new ExperimentCommand.Rebalance())),
        Command("reset", "resetExperiment", "Begins again with no participants: a new generation.", "Reset", Reset),
        Command("complete", "completeExperiment", "Ends it: everybody gets the outcome from now on.", "Complete", Complete),
        new("PUT", "/v1/experiments/{id}/weights", Access.Admin, context => Run(context, Weights, optional: false))
        {
            Name = "setWeights",
            Tag = Tag,
            Summary = "Sets the weights by hand: a new epoch. 0 closes an alternative.",
            Parameters = [IfMatch],
            Body = [Content.Json("WeightsChange")],
            Replies = [new(200, "The experiment after it.", Content.Json("Experiment"))],
            Problems = [409, 412, 422],
        },
    ];

    private Route Command(string verb, string name, string summary, string body, Reading read) =>
        new("POST", $"/v1/experiments/{{id}}/{verb}", Access.Admin, context => Run(context, read, optional: true))
        {
            Name = name,
            Tag = Tag,
            Summary = summary,
            Parameters = [IfMatch],
            Body = [Content.Json(body)],
            BodyOptional = true,
            Replies = [new(200, "The experiment after it.", Content.Json("Experiment"))],
            Problems = [409, 412, 422],
        };

    private async Task Run(HttpContext context, Reading read, bool optional)
    {
        var precondition = Preconditions.Of(context.Request);
        if (precondition.IsRefused)
        {
            await Problems.Write(context, precondition.Refusal);
            return;
        }

        BodyBytes body = default;
        if (!optional || RequestBody.IsThere(context.Request))
        {
            (body, var problem) = await Bodies.Json(context, parts);
            if (problem is not null)
            {
                await Problems.Write(context, problem);
                return;
            }
        }

        Answer<ExperimentCommand> command;
        using (body)
        {
            command = read(optional && body.Memory.IsEmpty ? "{}"u8 : body.Memory.Span);
        }

        var answer = command.IsRefused
            ? command.To<ExperimentView>()
            : await parts.Experiments.Execute(Paths.Id(context), command.Value, precondition.Value, context.RequestAborted);
        if (!answer.IsRefused)
        {
            Preconditions.Mark(context, answer.Value);
        }

        await Answers.Write(context, answer, ExperimentJson.Write);
    }

    private static Answer<ExperimentCommand> Plain(ReadOnlySpan<byte> body, ExperimentCommand command) =>
        Bodies.Nothing(body) is { } fault ? fault : command;

    private static Answer<ExperimentCommand> Reset(ReadOnlySpan<byte> body)
    {
        string? seed = null;
        var fields = new JsonFields(body, ResetFields);
        while (fields.Next())
        {
            seed = fields.Text(nullable: true);
        }

        return fields.Fault is { } fault ? fault : new ExperimentCommand.Reset(seed);
    }

    private static Answer<ExperimentCommand> Complete(ReadOnlySpan<byte> body)
    {
        string? outcome = null;
        var fields = new JsonFields(body, CompleteFields);
        while (fields.Next())
        {
            outcome = fields.Text(nullable: true);
        }

        return fields.Fault is { } fault ? fault : new ExperimentCommand.Complete(outcome);
    }

    private static Answer<ExperimentCommand> Weights(ReadOnlySpan<byte> body)
    {
        Dictionary<string, double>? weights = null;
        string? reason = null;
        var fields = new JsonFields(body, WeightsFields);
        while (fields.Next())
        {
            if (fields.Index == 0)
            {
                weights = fields.Numbers();
            }
            else
            {
                reason = fields.Text();
            }
        }

        if (fields.Fault is { } fault)
        {
            return fault;
        }

        return weights is null ? JsonFields.Missing("$.weights", "Give the weights by alternative's key.")
            : reason is null ? JsonFields.Missing("$.reason", "Say why; it is kept with the decision.")
            : new ExperimentCommand.SetWeights(weights, reason);
    }
}
