using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bandstand.Api;

/// <summary>What a body says it is.</summary>
internal enum ContentKind
{
    /// <summary>Nothing known here, or not in UTF-8.</summary>
    Unknown,

    /// <summary><c>application/json</c> and its kind.</summary>
    Json,

    /// <summary><c>application/x-ndjson</c>, <c>application/ndjson</c>, <c>application/jsonl</c>: one JSON value a line.</summary>
    Lines,

    /// <summary><c>text/plain</c>, which browsers send without asking first.</summary>
    Text,

    /// <summary><c>text/csv</c>.</summary>
    Csv,
}

/// <summary>Reads <c>Content-Type</c>.</summary>
internal static class ContentTypes
{
    public static ContentKind Of(HttpRequest request)
    {
        var text = request.ContentType;
        switch (text)
        {
            case null:
                return ContentKind.Unknown;
            case "application/json":
                return ContentKind.Json;
            case "application/x-ndjson":
                return ContentKind.Lines;
        }

        if (!MediaTypeHeaderValue.TryParse(text, out var type)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)))
        {
            return ContentKind.Unknown;
        }

        var name = type.MediaType;
        return name.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && name.EndsWith("+json", StringComparison.OrdinalIgnoreCase)) ? ContentKind.Json
            : name.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase)
            || name.Equals("application/ndjson", StringComparison.OrdinalIgnoreCase)
            || name.Equals("application/jsonl", StringComparison.OrdinalIgnoreCase) ? ContentKind.Lines
            : name.Equals("text/plain", StringComparison.OrdinalIgnoreCase) ? ContentKind.Text
            : name.Equals("text/csv", StringComparison.OrdinalIgnoreCase) ? ContentKind.Csv
            : ContentKind.Unknown;
    }
}
