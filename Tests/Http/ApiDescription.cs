using System.Text.Json;

namespace Bandstand.Tests.Http;

/// <summary>The OpenAPI document of a server, and whether a response is what it says.</summary>
internal sealed class ApiDescription
{
    private readonly JsonElement document;
    private readonly List<(string[] Parts, JsonElement Item)> paths;
    private readonly JsonSchemas schemas;

    public ApiDescription(string json)
    {
        document = JsonElement.Parse(json);
        schemas = new JsonSchemas(document.GetProperty("components").GetProperty("schemas"));
        paths = [.. document.GetProperty("paths").EnumerateObject().Select(p => (p.Name.Split('/'), p.Value))];
    }

    /// <summary>Every path and method there is.</summary>
    public IEnumerable<(string Path, string Method, JsonElement Operation)> Operations =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name != "parameters"
        select (path.Name, operation.Name.ToUpperInvariant(), operation.Value);

    /// <summary>Fails unless the response is one the document knows.</summary>
    public void Check(string method, string path, Reply reply)
    {
        // Routing looks over one slash at the end and the case of words.
        var parts = (path.Length > 1 && path.EndsWith('/') ? path[..^1] : path).Split('/');
        var matches = paths.Where(p => p.Parts.Length == parts.Length && p.Parts.Zip(parts).All(x => x.First.StartsWith('{') ? x.Second.Length > 0 : x.First.Equals(x.Second, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(p => p.Parts.Count(x => x.StartsWith('{'))).ToList();
        if (reply.Code is "route-not-found")
        {
            Assert.Empty(matches);
            return;
        }

        var name = method == "HEAD" ? "get" : method.ToLowerInvariant();
        if (reply.Code is "method-not-allowed" || method == "OPTIONS")
        {
            Assert.False(matches[0].Item.TryGetProperty(name, out _));
            return;
        }

        var responses = matches[0].Item.GetProperty(name).GetProperty("responses");
        Assert.True(responses.TryGetProperty($"{reply.Status}", out var response), $"{method} {path} answered {reply.Status} {reply.Text}, which the description does not have.");
        if (reply.Text.Length == 0)
        {
            Assert.True(method == "HEAD" || !response.TryGetProperty("content", out _), $"{method} {path} answered {reply.Status} without a body.");
            return;
        }

        Assert.True(response.GetProperty("content").TryGetProperty(reply.MediaType!, out var content), $"{method} {path} answered {reply.Status} as {reply.MediaType}.");
        if (reply.MediaType!.EndsWith("json", StringComparison.Ordinal))
        {
            var fault = schemas.Fault(content.GetProperty("schema"), reply.Json, "$");
            Assert.True(fault is null, $"{method} {path} answered {reply.Status}: {fault}\n{reply.Text}");
        }
    }
}
