using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Bandstand.Api;

/// <summary>
/// Writes the description of the API (OpenAPI 3.1) from the same table of routes that is served, so that neither can lack what
/// the other has. The shapes of bodies are in schemas.json beside this file.
/// </summary>
internal static class OpenApiDocument
{
    private static readonly Dictionary<int, string> ProblemWords = new()
    {
        [400] = "The request cannot be read: syntax, types, unknown or repeated fields.",
        [401] = "The key is missing or not known.",
        [403] = "The client key may not do this.",
        [404] = "What is named does not exist.",
        [408] = "The body stopped arriving.",
        [409] = "Refused in the present state.",
        [412] = "The ETag is another by now.",
        [413] = "Larger than a stated limit.",
        [414] = "The address is too long.",
        [415] = "Another Content-Type or Content-Encoding is needed.",
        [422] = "The request can be read but breaks a rule.",
        [429] = "More is under way than is taken at once; wait as Retry-After says.",
        [500] = "Something failed in the server; its log says what.",
        [503] = "What is needed cannot be reached or stored now; send the same again after Retry-After.",
    };

    public static byte[] Write(IReadOnlyList<Route> routes)
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("openapi", "3.1.1");
        writer.WriteStartObject("info");
        writer.WriteString("title", "Bandstand");
        writer.WriteString("version", typeof(OpenApiDocument).Assembly.GetName().Version!.ToString(3));
        writer.WriteString("description", "Live experiments: define, assign, track, score. Errors are application/problem+json with a stable code.");
        writer.WriteEndObject();
        writer.WriteStartArray("security");
        Security(writer, "bearer");
        Security(writer, "query");
        writer.WriteStartObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("paths");
        foreach (var path in routes.GroupBy(r => r.Pattern, StringComparer.Ordinal))
        {
            writer.WriteStartObject(path.Key);
            PathParameters(writer, path.Key);
            foreach (var route in path)
            {
                Operation(writer, route);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("components");
        writer.WritePropertyName("schemas");
        writer.WriteRawValue(Schemas());
        SecuritySchemes(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The statuses of the problems an endpoint can give, by its shape and what it says of itself.</summary>
    public static IEnumerable<int> ProblemsOf(Route route)
    {
        var statuses = new SortedSet<int>(route.Problems) { 400, 414, 429, 500, 503 };
        if (route.Access != Access.Open)
        {
            statuses.Add(401);
            if (route.Access == Access.Admin)
            {
                statuses.Add(403);
            }
        }

        if (route.Pattern.Contains("{id}", StringComparison.Ordinal))
        {
            statuses.Add(404);
        }

        if (route.Body.Count > 0)
        {
            statuses.UnionWith([408, 413, 415]);
        }

        return statuses;
    }

    private static void Operation(Utf8JsonWriter writer, Route route)
    {
        writer.WriteStartObject(route.Method.ToLowerInvariant());
        writer.WriteString("operationId", route.Name);
        writer.WriteStartArray("tags");
        writer.WriteStringValue(route.Tag);
        writer.WriteEndArray();
        writer.WriteString("summary", route.Summary);
        if (route.Access == Access.Open)
        {
            writer.WriteStartArray("security");
            writer.WriteEndArray();
        }

        writer.WriteString("description", route.Access switch
        {
            Access.Open => "Needs no key.",
            Access.Client => "Needs the client key or the admin key, where keys are set.",
            _ => "Needs the admin key, where keys are set.",
        });
        if (route.Parameters.Count > 0)
        {
            writer.WriteStartArray("parameters");
            foreach (var parameter in route.Parameters)
            {
                Parameter(writer, parameter, required: false);
            }

            writer.WriteEndArray();
        }

        if (route.Body.Count > 0)
        {
            writer.WriteStartObject("requestBody");
            writer.WriteBoolean("required", !route.BodyOptional);
            Contents(writer, route.Body);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("responses");
        foreach (var reply in route.Replies)
        {
            writer.WriteStartObject(reply.Status.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("description", reply.Description);
            if (reply.Content.Length > 0)
            {
                Contents(writer, reply.Content);
            }

            writer.WriteEndObject();
        }

        foreach (var status in ProblemsOf(route))
        {
            writer.WriteStartObject(status.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("description", ProblemWords[status]);
            Contents(writer, [new Content(Problems.MediaType, "Problem")]);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Contents(Utf8JsonWriter writer, IReadOnlyList<Content> contents)
    {
        writer.WriteStartObject("content");
        foreach (var content in contents)
        {
            writer.WriteStartObject(content.MediaType);
            writer.WritePropertyName("schema");
            if (content.Schema.StartsWith('{'))
            {
                writer.WriteRawValue(content.Schema);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteString("$ref", $"#/components/schemas/{content.Schema}");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void PathParameters(Utf8JsonWriter writer, string pattern)
    {
        var parts = pattern.Split('/').Where(p => p.StartsWith('{')).Select(p => p.Trim('{', '}')).ToList();
        if (parts.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("parameters");
        foreach (var part in parts)
        {
            Parameter(writer, Known(part), required: true);
        }

        writer.WriteEndArray();
    }

    private static Parameter Known(string part) => part switch
    {
        "id" => new(part, """{"type":"string","pattern":"^[a-z0-9][a-z0-9_-]{0,62}$"}""", "The experiment's id.", "path"),
        "identity" => new(part, """{"type":"string","minLength":1}""", "Who, as UTF-8 with % escapes; at most 1 024 bytes.", "path"),
        "metric" => new(part, """{"type":"string","minLength":1}""", "The metric's id.", "path"),
        "t" => new(part, """{"type":"integer","minimum":0}""", "The timestep's number.", "path"),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Every path parameter is described."),
    };

    private static void Parameter(Utf8JsonWriter writer, Parameter parameter, bool required)
    {
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        writer.WriteString("in", parameter.In);
        writer.WriteBoolean("required", required);
        writer.WriteString("description", parameter.Description);
        writer.WritePropertyName("schema");
        writer.WriteRawValue(parameter.Schema);
        writer.WriteEndObject();
    }

    private static void Security(Utf8JsonWriter writer, string scheme)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(scheme);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void SecuritySchemes(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("securitySchemes");
        writer.WriteRawValue("""
            {"bearer":{"type":"http","scheme":"bearer","description":"The admin key or the client key."},
             "query":{"type":"apiKey","in":"query","name":"key","description":"The same, where headers cannot be set."}}
            """);
    }

    private static string Schemas()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("schemas.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
