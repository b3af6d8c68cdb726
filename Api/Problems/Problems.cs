using System.Text.Json;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Bandstand.Api;

/// <summary>The one place where a "no" becomes a status and an <c>application/problem+json</c> body (RFC 9457).</summary>
internal static class Problems
{
    public const string MediaType = "application/problem+json";

    private static readonly StringValues MediaTypeHeader = MediaType;
    private static readonly StringValues RetryAfter = "1";
    private static readonly StringValues Challenge = "Bearer";

    /// <summary>The family of a refusal decides its status.</summary>
    public static int Status(RefusalKind kind) => kind switch
    {
        RefusalKind.Malformed => 400,
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 409,
        RefusalKind.PreconditionFailed => 412,
        RefusalKind.TooLarge => 413,
        RefusalKind.Invalid => 422,
        RefusalKind.Overloaded => 429,
        RefusalKind.Unavailable => 503,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Every family has a status."),
    };

    public static Problem From(Refusal refusal) => new(Status(refusal.Kind), refusal.Code, refusal.Detail) { Errors = refusal.Errors };

    public static Task Write(HttpContext context, Refusal refusal) => Write(context, From(refusal));

    public static Task Write(HttpContext context, Problem problem)
    {
        context.Items[typeof(Problem)] = problem.Code;
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        if (problem.Status is 429 or 503)
        {
            headers.RetryAfter = RetryAfter;
        }
        else if (problem.Status == 401)
        {
            headers.WWWAuthenticate = Challenge;
        }

        using var json = JsonOutput.Rent();
        Body(json.Writer, problem);
        return json.Send(context, problem.Status, MediaTypeHeader);
    }

    /// <summary>The code of the problem that was written, for the log.</summary>
    public static string CodeOf(HttpContext context) => context.Items[typeof(Problem)] as string ?? "?";

    private static void Body(Utf8JsonWriter writer, Problem problem)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, string.Concat("/problems/", problem.Code));
        writer.WriteString("title"u8, Title(problem.Code));
        writer.WriteNumber("status"u8, problem.Status);
        writer.WriteString("detail"u8, problem.Detail);
        writer.WriteString("code"u8, problem.Code);
        if (problem.Errors.Count > 0)
        {
            Errors(writer, problem.Errors);
        }

        if (problem.Applied is { } applied)
        {
            writer.WriteNumber("appliedLines"u8, problem.AppliedLines);
            writer.WritePropertyName("applied"u8);
            EventJson.Write(writer, applied);
        }

        writer.WriteEndObject();
    }

    /// <summary>An object from JSON path to the messages about that path, as ASP.NET's validation problems have it.</summary>
    private static void Errors(Utf8JsonWriter writer, IReadOnlyList<FieldError> errors)
    {
        writer.WriteStartObject("errors"u8);
        foreach (var path in errors.GroupBy(e => e.Path, StringComparer.Ordinal))
        {
            writer.WriteStartArray(path.Key);
            foreach (var error in path)
            {
                writer.WriteStringValue(error.Detail);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>The code in words: one title for each type, whatever the occurrence.</summary>
    private static string Title(string code) => code.Length == 0
        ? code
        : string.Create(code.Length, code, static (title, text) =>
        {
            text.AsSpan().Replace(title, '-', ' ');
            title[0] = char.ToUpperInvariant(title[0]);
        });
}
