using System.Net;
using System.Text.Json;

namespace Bandstand.Tests.Kill;

/// <summary>
/// A server that is killed and started again over one folder, as its callers see it: a request that got no answer is sent
/// again, to whoever listens next, until there is one.
/// </summary>
internal sealed class MortalServer(string assembly, string folder, CancellationToken cancellationToken) : IDisposable
{
    private const int MostRefusals = 1_000;

    private readonly Lock changing = new();
    private TaskCompletionSource<ServerProcess> life = NewLife();
    private long acknowledged;
    private long unanswered;
    private (long Count, TaskCompletionSource Reached)? awaited;

    /// <summary>Requests that were answered with success.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Requests whose connection broke because the server was killed.</summary>
    public long Unanswered => Interlocked.Read(ref unanswered);

    /// <summary>Starts the server; those who wait for one go on.</summary>
    public async Task<ServerProcess> Start()
    {
        var process = await ServerProcess.Start(assembly, folder, cancellationToken);
        lock (changing)
        {
            life.SetResult(process);
        }

        return process;
    }

    /// <summary>Kills the server.</summary>
    public async Task Kill()
    {
        ServerProcess dying;
        lock (changing)
        {
            dying = life.Task.Result;
            life = NewLife();
        }

        await dying.Kill();
        dying.Dispose();
    }

    /// <summary>Completes when so many more requests have been acknowledged.</summary>
    public Task AfterAcknowledged(long more)
    {
        lock (changing)
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

    public void Dispose()
    {
        if (life.Task.IsCompletedSuccessfully)
        {
            life.Task.Result.Dispose();
        }
    }

    private static TaskCompletionSource<ServerProcess> NewLife() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<JsonElement> Send(HttpMethod method, string path, string? body, EventLines? batch)
    {
        for (var refusals = 0; ;)
        {
            Task<ServerProcess> next;
            lock (changing)
            {
                next = life.Task;
            }

            var server = await next.WaitAsync(cancellationToken);
            try
            {
                using var request = Request(method, path, body, batch);
                using var response = await server.Client.SendAsync(request, cancellationToken);
                var text = await response.Content.ReadAsStringAsync(cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    Count();
                    return JsonElement.Parse(text);
                }

                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) || ++refusals > MostRefusals)
                {
                    throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}: {text}");
                }
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                if (!server.IsKilled)
                {
                    throw new InvalidOperationException($"{method} {path} got no answer although nobody had killed the server. {server.State}", broken);
                }

                Interlocked.Increment(ref unanswered);
            }
        }
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
        lock (changing)
        {
            acknowledged++;
            if (awaited is { } mark && acknowledged >= mark.Count)
            {
                mark.Reached.TrySetResult();
            }
        }
    }
}
