using System.Net.Http.Headers;
using System.Text;
using Bandstand.Api;

namespace Bandstand.Tests.Http;

/// <summary>
/// What the contract says of HTTP, over any host: derive, start a server, and every fact here is tried against it.
/// </summary>
public abstract partial class HttpContract : IAsyncLifetime
{
    private RunningServer server = null!;

    /// <summary>Starts an empty server.</summary>
    /// <param name="options">Keys and limits.</param>
    private protected abstract Task<RunningServer> StartServer(ApiOptions? options = null);

    public async ValueTask InitializeAsync() => server = await StartServer();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<Reply> Get(string path, params (string Name, string Value)[] headers) => Send("GET", path, null, headers: headers);

    private Task<Reply> Put(string path, string json, params (string Name, string Value)[] headers) => Send("PUT", path, json, headers: headers);

    private Task<Reply> Post(string path, string? json, params (string Name, string Value)[] headers) => Send("POST", path, json, headers: headers);

    private Task<Reply> Delete(string path, params (string Name, string Value)[] headers) => Send("DELETE", path, null, headers: headers);

    private Task<Reply> Lines(string path, string lines, params (string Name, string Value)[] headers) =>
        Send("POST", path, lines, "application/x-ndjson", headers);

    private Task<Reply> Send(string method, string path, string? body, string mediaType = "application/json", params (string Name, string Value)[] headers) =>
        server.Send(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), mediaType, headers);

    private async Task Define(string id, string json = """{"alternatives":[{"key":"a","value":19},{"key":"b","value":25}],"default":"a","metrics":[{"id":"signup","kind":"conversion"}]}""") =>
        Assert.Equal(201, (await Put($"/v1/experiments/{id}", json)).Status);
}

/// <summary>Sends requests and checks what holds for every response.</summary>
internal static class Sending
{
    /// <summary>docs/problems.md: whoever is told a code must find it there.</summary>
    private static readonly Lazy<string> Documented = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "problems.md"));
    });

    public static async Task<Reply> Send(
        this RunningServer server, string method, string path, byte[]? body, string? mediaType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await server.Client.SendAsync(request);
        var reply = new Reply((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), response.Headers);
        if (method == "HEAD")
        {
            Assert.Empty(reply.Text);
            return reply;
        }

        Check(reply);
        (await server.Description()).Check(method, request.RequestUri!.AbsolutePath, reply);
        return reply;
    }

    /// <summary>The rule for every response: a problem says so in its media type, its body's status is the response's, its code is documented.</summary>
    public static void Check(Reply reply)
    {
        if (reply.Status >= 400)
        {
            Assert.Equal("application/problem+json", reply.MediaType);
            Assert.Equal(reply.Status, reply.Json.GetProperty("status").GetInt32());
            Assert.Equal($"/problems/{reply.Code}", reply.Json.GetProperty("type").GetString());
            Assert.NotEmpty(reply.Json.GetProperty("title").GetString()!);
            Assert.NotEmpty(reply.Json.GetProperty("detail").GetString()!);
            Assert.Equal(reply.Status is 429 or 503, reply.Headers.RetryAfter is not null);
            Assert.Contains($"`{reply.Code}`", Documented.Value, StringComparison.Ordinal);
        }
    }
}
