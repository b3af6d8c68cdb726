using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Bodies of commands.</summary>
internal static class Bodies
{
    private static readonly string[] NoFields = [];

    /// <summary>A JSON body within the limit of commands, or why not.</summary>
    public static async ValueTask<(BodyBytes Body, Problem? Problem)> Json(HttpContext context, ApiParts parts) =>
        ContentTypes.Of(context.Request) == ContentKind.Json
            ? await RequestBody.ReadWhole(context, parts.Options.MaxJsonBytes, parts.Gate)
            : (default, Problem.ContentType("application/json"));

    /// <summary>Null when there is no body, or an object without fields; else what is wrong.</summary>
    public static async ValueTask<Problem?> Nothing(HttpContext context, ApiParts parts)
    {
        if (!RequestBody.IsThere(context.Request))
        {
            return null;
        }

        var (body, problem) = await Json(context, parts);
        if (problem is not null)
        {
            return problem;
        }

        using (body)
        {
            return Nothing(body.Memory.Span) is { } refusal ? Problems.From(refusal) : null;
        }
    }

    /// <summary>Null when the text is an object without fields.</summary>
    public static Refusal? Nothing(ReadOnlySpan<byte> text)
    {
        var fields = new JsonFields(text, NoFields);
        fields.Next();
        return fields.Fault;
    }
}
