using Bandstand.Experiments;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bandstand.Api;

/// <summary>Reads <c>If-Match</c> and <c>If-None-Match</c>, and writes <c>ETag</c>.</summary>
internal static class Preconditions
{
    private static readonly Refusal Unreadable = new(
        RefusalKind.Malformed, "precondition-malformed", "If-Match is one ETag as it was answered, quotes included, or * (only change what exists); If-None-Match is * (create only).");

    public static Answer<Precondition> Of(HttpRequest request)
    {
        string? match = null;
        if (request.Headers.IfMatch is { Count: > 0 } matches)
        {
            if (!EntityTagHeaderValue.TryParse(matches.ToString(), out var tag) || tag.IsWeak)
            {
                return Unreadable;
            }

            // A tag that is a star in quotes is nobody's ETag, and not the star that stands for all.
            match = tag.Tag == "*" ? Precondition.Any : tag.Tag == "\"*\"" ? "\"*\"" : Unquoted(tag);
        }

        var isNew = false;
        if (request.Headers.IfNoneMatch is { Count: > 0 } none)
        {
            if (none.ToString().Trim() != "*")
            {
                return Unreadable;
            }

            isNew = true;
        }

        return new Precondition(match, isNew);
    }

    public static void Mark(HttpContext context, ExperimentView view) => context.Response.Headers.ETag = $"\"{view.ETag}\"";

    /// <summary>True when the caller of a GET has this version already.</summary>
    public static bool Has(HttpRequest request, ExperimentView view) =>
        request.Headers.IfNoneMatch is { Count: > 0 } none
        && EntityTagHeaderValue.TryParseList(none!, out var tags)
        && tags.Any(t => t.Tag == "*" || Unquoted(t) == view.ETag);

    private static string Unquoted(EntityTagHeaderValue tag) => tag.Tag.Length > 2 ? tag.Tag.Substring(1, tag.Tag.Length - 2) : "";
}
