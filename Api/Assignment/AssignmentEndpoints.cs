using Bandstand.Assignment;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Who gets what.</summary>
internal sealed class AssignmentEndpoints(ApiParts parts)
{
    private const string Tag = "Assignment";
    private static readonly string[] ForcedFields = ["identity", "alternative"];

    private readonly IExperiments experiments = parts.Experiments;

    public IEnumerable<Route> Routes =>
    [
        new("POST", "/v1/experiments/{id}/assignments", Access.Client, Assign)
        {
            Name = "assign",
            Tag = Tag,
            Summary = "Who gets what: one identity, or many at once in the same order.",
            Body = [Content.Json("AssignmentQuestion")],
            Replies = [new(200, "The assignment, or all of them.", Content.Json("AssignmentAnswer"))],
            Problems = [413, 422],
        },
        new("GET", "/v1/experiments/{id}/assignments/{identity}", Access.Client, Look)
        {
            Name = "lookAtAssignment",
            Tag = Tag,
            Summary = "What an identity gets, without storing anything.",
            Replies = [new(200, "The assignment.", Content.Json("Assignment"))],
            Problems = [422],
        },
        new("POST", "/v1/experiments/{id}/forced", Access.Admin, Force)
        {
            Name = "force",
            Tag = Tag,
            Summary = "Shows an alternative to an identity from now on, never counted; null clears it.",
            Body = [Content.Json("Forced")],
            Replies = [new(200, "What the identity gets now.", Content.Json("Assignment"))],
            Problems = [409, 422],
        },
    ];

    private async Task Assign(HttpContext context)
    {
        if (ContentTypes.Of(context.Request) != ContentKind.Json)
        {
            await Problems.Write(context, Problem.ContentType("application/json"));
            return;
        }

        var (bytes, problem) = await RequestBody.ReadWhole(context, parts.Options.MaxAssignmentBytes, parts.Gate);
        if (problem is not null)
        {
            await Problems.Write(context, problem);
            return;
        }

        // Held until the answer is written, which is as large: so the gate counts what many at once take.
        using (bytes)
        {
            var body = AssignmentBody.Parse(bytes.Memory.Span, parts.Options.MaxIdentities);
            if (body.IsRefused)
            {
                await Problems.Write(context, body.Refusal);
            }
            else if (body.Value.Identities is null)
            {
                // Whoever went away is still assigned: no token, hence nothing to allocate for it.
                await Write(context, await experiments.Assign(Paths.Id(context), body.Value.One));
            }
            else
            {
                var answer = await experiments.AssignMany(Paths.Id(context), body.Value.Many, context.RequestAborted);
                await Answers.Write<IReadOnlyList<AssignmentResult>>(context, answer, AssignmentJson.Write);
            }
        }
    }

    private async Task Look(HttpContext context)
    {
        var identity = Paths.LastPart(context);
        await Write(context, identity.IsRefused
            ? identity.To<AssignmentResult>()
            : await experiments.Assign(Paths.Id(context), new AssignmentRequest(identity.Value, Record: false), context.RequestAborted));
    }

    private async Task Force(HttpContext context)
    {
        var (bytes, problem) = await Bodies.Json(context, parts);
        if (problem is not null)
        {
            await Problems.Write(context, problem);
            return;
        }

        Answer<(string Identity, string? Alternative)> forced;
        using (bytes)
        {
            forced = ParseForced(bytes.Memory.Span);
        }

        await Write(context, forced.IsRefused
            ? forced.To<AssignmentResult>()
            : await experiments.Force(Paths.Id(context), forced.Value.Identity, forced.Value.Alternative, context.RequestAborted));
    }

    private static Task Write(HttpContext context, in Answer<AssignmentResult> answer)
    {
        if (answer.IsRefused)
        {
            return Problems.Write(context, answer.Refusal);
        }

        using var json = JsonOutput.Rent();
        AssignmentJson.Write(json.Writer, answer.Value);
        return json.Send(context, 200);
    }

    private static Answer<(string Identity, string? Alternative)> ParseForced(ReadOnlySpan<byte> body)
    {
        string? identity = null;
        string? alternative = null;
        var fields = new JsonFields(body, ForcedFields);
        while (fields.Next())
        {
            if (fields.Index == 0)
            {
                identity = fields.Text(isIdentity: true);
            }
            else
            {
                alternative = fields.Text(nullable: true);
            }
        }

        return fields.Fault is { } fault ? fault
            : identity is null ? JsonFields.Missing("$.identity", "Say who.")
            : !fields.Has(1) ? JsonFields.Missing("$.alternative", "Give the alternative's key, or null to clear it.")
            : (identity, alternative);
    }
}
