using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Bandstand.Cli.Export;

/// <summary>Asks a Bandstand server, and turns its refusals into messages for the person at the terminal.</summary>
/// <param name="http">Knows the server's address and the key.</param>
internal sealed class ApiClient(HttpClient http) : IDisposable
{
    private const int PageSize = 1_000;

    /// <summary>A client for one server.</summary>
    /// <param name="server">Its address, with or without a path.</param>
    /// <param name="key">The admin key, or null where there is none.</param>
    public static ApiClient For(Uri server, string? key)
    {
        var http = new HttpClient { BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/") };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return new ApiClient(http);
    }

    public void Dispose() => http.Dispose();

    /// <summary>One answer.</summary>
    /// <exception cref="CommandException">The server refused, or could not be reached.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        var (answer, problem) = await TryGetAsync(path, cancellationToken).ConfigureAwait(false);
        return answer ?? throw new CommandException($"{http.BaseAddress}{path}: {problem}");
    }

    /// <summary>One answer, or what the server said instead where it knows the question but will not answer it (4xx other than keys).</summary>
    /// <exception cref="CommandException">The key is not accepted, the server failed or could not be reached.</exception>
    public async Task<(JsonElement? Answer, ApiProblem? Problem)> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return (JsonSerializer.Deserialize<JsonElement>(body), null);
            }

            var problem = ApiProblem.Read(response.StatusCode, body);
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    throw new CommandException($"{http.BaseAddress}: {problem} Give the admin key by --key or BANDSTAND_ADMIN_KEY."),
                >= HttpStatusCode.InternalServerError => throw new CommandException($"{http.BaseAddress}{path}: {problem}"),
                _ => (null, problem),
            };
        }
        catch (HttpRequestException error)
        {
            throw new CommandException($"{http.BaseAddress} cannot be reached: {error.Message}", inner: error);
        }
        catch (JsonException error)
        {
            throw new CommandException($"{http.BaseAddress}{path} did not answer with JSON: is that a Bandstand server?", inner: error);
        }
        catch (TaskCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"{http.BaseAddress}{path} did not answer in time.", inner: error);
        }
    }

    /// <summary>All items of a list, page by page.</summary>
    /// <exception cref="CommandException">The server refused, or could not be reached.</exception>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        string? after = null;
        do
        {
            var page = await GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"{path}?limit={PageSize}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"),
                cancellationToken).ConfigureAwait(false);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            var next = page.TryGetProperty("next", out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
            if (next is not null && next == after)
            {
                throw new CommandException($"{http.BaseAddress}{path} goes round in circles: the page after '{after}' names itself as the next one.");
            }

            after = next;
        }
        while (after is not null);

        return items;
    }
}

/// <summary>What a server says when it does not do what was asked.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable; empty where the answer is not of Bandstand's making.</param>
/// <param name="Detail">For people.</param>
internal sealed record ApiProblem(HttpStatusCode Status, string Code, string Detail)
{
    public static ApiProblem Read(HttpStatusCode status, byte[] body)
    {
        try
        {
            var json = JsonSerializer.Deserialize<JsonElement>(body);
            return new ApiProblem(status, json.GetProperty("code").GetString() ?? "", json.GetProperty("detail").GetString() ?? "");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new ApiProblem(status, "", "no problem was described; is that a Bandstand server?");
        }
    }

    public override string ToString() => Code.Length == 0 ? $"{(int)Status}: {Detail}" : $"{(int)Status} {Code}: {Detail}";
}
