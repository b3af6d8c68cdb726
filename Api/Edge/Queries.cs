using System.Globalization;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Reads query parameters; one that is not known is refused, so that a slip of the pen does not change the question.</summary>
internal static class Queries
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>Serves only requests whose query parameters the route has, each once; <c>key</c> goes everywhere.</summary>
    public static RequestDelegate Only(Route route)
    {
        var handler = route.Handler;
        var known = route.Parameters.Where(p => p.In == "query").Select(p => p.Name).Append("key").ToArray();
        return context => context.Request.QueryString.HasValue && Unknown(context.Request.Query, known) is { } refusal
            ? Problems.Write(context, refusal)
            : handler(context);
    }

    /// <summary>The page that is asked for.</summary>
    public static Refusal? Page(HttpRequest request, out int limit)
    {
        limit = DefaultLimit;
        return Whole(request, "limit", 1, MaxLimit, ref limit);
    }

    /// <summary>A whole number in a range; left as it is when it is not asked for.</summary>
    public static Refusal? Whole(HttpRequest request, string name, int least, int most, ref int value)
    {
        long wide = value;
        var refusal = Whole(request, name, least, most, ref wide);
        value = (int)wide;
        return refusal;
    }

    /// <summary>A whole number in a range; left as it is when it is not asked for.</summary>
    public static Refusal? Whole(HttpRequest request, string name, long least, long most, ref long value)
    {
        if (request.Query[name].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Refuse(RefusalKind.Malformed, "wrong-type", name, "This must be a whole number.");
        }

        if (number < least || number > most)
        {
            return Refuse(RefusalKind.Invalid, "out-of-range", name, $"This must be {least} to {most}.");
        }

        value = number;
        return null;
    }

    /// <summary>A refusal about one parameter.</summary>
    public static Refusal Refuse(RefusalKind kind, string code, string name, string detail) =>
        new(kind, code, $"Query parameter {name}: {detail}") { Errors = [new FieldError($"?{name}", code, detail)] };

    private static Refusal? Unknown(IQueryCollection query, string[] known)
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                var shown = name.Length <= 80 ? name : name[..80] + "…";
                return Refuse(RefusalKind.Malformed, "unknown-parameter", shown, $"There is none of this name here. Remove it or correct its name: {string.Join(", ", known)}.");
            }

            if (values.Count > 1)
            {
                return Refuse(RefusalKind.Malformed, "duplicate-parameter", name, "This is given twice. Give it once.");
            }
        }

        return null;
    }
}
