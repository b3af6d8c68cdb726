using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Bandstand.Api;

/// <summary>Says to browsers which pages may call (CORS). Keys travel in a header or the query, never in cookies, so no credentials are allowed.</summary>
internal sealed class Origins
{
    private static readonly StringValues AllowedHeaders = "Authorization, Content-Type, Content-Encoding, Bandstand-Producer, If-Match, If-None-Match, Last-Event-ID";
    private static readonly StringValues ExposedHeaders = "ETag, Retry-After";
    private static readonly StringValues MaxAge = "7200";

    private readonly FrozenSet<string> allowed;
    private readonly bool all;

    public Origins(ApiOptions options)
    {
        allowed = options.AllowedOrigins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        all = allowed.Contains("*");
    }

    /// <summary>Marks the answer for the page that asks, if it may.</summary>
    public void Mark(HttpContext context)
    {
        if (allowed.Count > 0 && Of(context) is { } origin)
        {
            context.Response.Headers.AccessControlAllowOrigin = origin;
            context.Response.Headers.AccessControlExposeHeaders = ExposedHeaders;
        }
    }

    /// <summary>Answers <c>OPTIONS</c>: what the page may send, or nothing about it when it may not.</summary>
    public static void Preflight(HttpContext context, in StringValues methods)
    {
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.Allow = methods;
        if (headers.AccessControlAllowOrigin.Count > 0)
        {
            headers.AccessControlAllowMethods = methods;
            headers.AccessControlAllowHeaders = AllowedHeaders;
            headers.AccessControlMaxAge = MaxAge;
        }
    }

    private string? Of(HttpContext context)
    {
        if (all)
        {
            return "*";
        }

        context.Response.Headers.Vary = "Origin";
        return context.Request.Headers.Origin is [{ } origin] && allowed.Contains(origin) ? origin : null;
    }
}
