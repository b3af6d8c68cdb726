using System.Net;
using System.Text.Json;

namespace Bandstand.Tests.Kill;

/// <summary>
/// One process or several over one folder that are killed and started again, as their callers see them: a request that got no
/// answer, or was told to come back, is sent again to somebody who lives, until there is one.
/// </summary>
/// <param name="cancellationToken">Gives up.</param>
internal abstract class MortalHost(CancellationToken cancellationToken) : IDisposable
{
    private const int MostRefusals = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(30);

    private readonly Lock counting = new();
    private long acknowledged;
    private long unanswered;
    private long refused;
    private (long Count, TaskCompletionSource Reached)? awaited;

    /// <summary>Requests that were answered with success.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Requests whose connection broke because a process was killed.</summary>
    public long Unanswered => Interlocked.Read(ref unanswered);

    /// <summary>Requests that were told to come back.</summary>
    public long Refused => Interlocked.Read(ref refused);

    protected CancellationToken CancellationToken => cancellationToken;

    /// <summary>Starts all there are; those who wait for one go on.</summary>
    public abstract Task Start();

    /// <summary>Kills one.</summary>
    public abstract Task Kill();

    /// <summary>Brings back what <see cref="Kill"/> killed.</summary>
    /// <returns>How long it took, for the report.</returns>
    public abstract Task<string> Revive();

    /// <summary>Kills everybody and starts as few as can serve: they know what the files hold and nothing else.</summary>
    public abstract Task StartAfresh();

    public abstract void Dispose();

    /// <summary>Completes when so many more requests have been acknowledged.</summary>
    public Task AfterAcknowledged(long more)
    {
        lock (counting)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited = (acknowledged + more, reached);
            if (more == 0)
            {
                reached.SetResult();
            }

            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    public Task<JsonElement> Get(string path) => Send(HttpMethod.Get, path, null, null);

    public Task<JsonElement> Put(string path, string json) => Send(HttpMethod.Put, path, json, null);

    public Task<JsonElement> Post(string path, string json) => Send(HttpMethod.Post, path, json, null);

    /// <summary>Sends a batch of events under a producer's sequence.</summary>
    public Task<JsonElement> Post(EventLines batch) => Send(HttpMethod.Post, "/v1/events", batch.Text, batch);

    /// <summary>Somebody to ask now; waits while nobody lives.</summary>
    protected abstract Task<ServerProcess> Somebody();

    /// <summary>Asks one process once.</summary>
    /// <returns>The answer; nothing when it said to come back, or was killed before it answered.</returns>
    /// <exception cref="InvalidOperationException">It answered something else, or not at all although nobody had killed it.</exception>
    protected async Task<JsonElement?> Ask(ServerProcess server, HttpMethod method, string path, string? body = null, EventLines? batch = null)
    {
        try
        {
            using var request = Request(method, path, body, batch);
            using var response = await server.Client.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return JsonElement.Parse(text);
            }

            if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) || response.Headers.RetryAfter is null)
            {
                throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}{(response.Headers.RetryAfter is null ? " without Retry-After" : "")}: {text}");
            }

            Interlocked.Increment(ref refused);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (!server.IsKilled)
            {
                throw new InvalidOperationException($"{method} {path} got no answer although nobody had killed the server. {server.State}", broken);
            }

            Interlocked.Increment(ref unanswered);
        }

        return null;
    }

    private async Task<JsonElement> Send(HttpMethod method, string path, string? body, EventLines? batch)
    {
        for (var attempt = 0; attempt < MostRefusals; attempt++)
        {
            if (await Ask(await Somebody(), method, path, body, batch) is { } answer)
            {
                Count();
                return answer;
            }

            await Task.Delay(Patience, cancellationToken);
        }

        throw new InvalidOperationException($"{method} {path} was told to come back {MostRefusals} times.");
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body, EventLines? batch)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, null, batch is null ? "application/json" : "application/x-ndjson");
        }

        if (batch is not null)
        {
            request.Headers.Add("Bandstand-Producer", batch.Producer);
        }

        return request;
    }

    private void Count()
    {
        lock (counting)
        {
            acknowledged++;
            if (awaited is { } mark && acknowledged >= mark.Count)
            {
                mark.Reached.TrySetResult();
            }
        }
    }
}
