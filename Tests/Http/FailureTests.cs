using System.Text;
using Bandstand.Api;
using Bandstand.Ports;

namespace Bandstand.Tests.Http;

/// <summary>What callers are told when things go wrong behind the API, and that the API itself stays up.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(RefusalKind.Malformed, 400)]
    [InlineData(RefusalKind.NotFound, 404)]
    [InlineData(RefusalKind.Conflict, 409)]
    [InlineData(RefusalKind.PreconditionFailed, 412)]
    [InlineData(RefusalKind.TooLarge, 413)]
    [InlineData(RefusalKind.Invalid, 422)]
    [InlineData(RefusalKind.Overloaded, 429)]
    [InlineData(RefusalKind.Unavailable, 503)]
    public async Task Every_family_of_refusals_has_its_status(RefusalKind kind, int status)
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake);
        fake.Before = () => new Refusal(kind, "experiment-exists", "Some detail.") { Errors = [new("$.a", "x", "one"), new("$.a", "y", "two"), new("$.b", "z", "three")] };
        var reply = await server.Send("PUT", "/v1/experiments/a", "{}"u8.ToArray());
        Assert.Equal((status, "experiment-exists", "Experiment exists", "Some detail."), (reply.Status, reply.Code, reply.Json.GetProperty("title").GetString(), reply.Json.GetProperty("detail").GetString()));
        Assert.Equal("""{"$.a":["one","two"],"$.b":["three"]}""", reply.Json.GetProperty("errors").GetRawText());
    }

    [Fact]
    public void Every_family_of_refusals_is_mapped()
    {
        Assert.All(Enum.GetValues<RefusalKind>(), kind => Assert.InRange(Problems.Status(kind), 400, 599));
        Assert.Throws<ArgumentOutOfRangeException>(() => Problems.Status((RefusalKind)99));
    }

    [Fact]
    public async Task What_broke_is_logged_once_and_not_told()
    {
        var fake = new FakeExperiments { Before = () => throw new InvalidOperationException("the secret cause") };
        await using var server = await RunningServer.Start(fake);
        var reply = await server.Send("GET", "/v1/experiments/a", null);
        Assert.Equal((500, "internal-error"), (reply.Status, reply.Code));
        Assert.DoesNotContain("secret", reply.Text, StringComparison.Ordinal);
        var line = Assert.Single(server.Log.Lines);
        Assert.Contains("/v1/experiments/{id} failed", line, StringComparison.Ordinal);
        Assert.Contains("the secret cause", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_told_as_such()
    {
        var fake = new FakeExperiments { Before = () => throw new JournalUnavailableException("storage-full", "/the/folder is full") };
        await using var server = await RunningServer.Start(fake);
        foreach (var (method, path) in new[] { ("GET", "/readyz"), ("GET", "/v1/experiments/a"), ("DELETE", "/v1/participants/u") })
        {
            var reply = await server.Send(method, path, null);
            Assert.Equal((503, "storage-full"), (reply.Status, reply.Code));
            Assert.DoesNotContain("folder", reply.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_that_refuses_everybody_fills_no_log()
    {
        var fake = new FakeExperiments { Before = () => new Refusal(RefusalKind.Unavailable, "storage-full", "Full.") };
        await using var server = await RunningServer.Start(fake);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(503, (await server.Send("GET", "/v1/experiments/a", null)).Status);
        }

        Assert.InRange(server.Log.Lines.Count, 1, 19);
        Assert.Contains("/v1/experiments/{id} was answered 503 storage-full", server.Log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_experiment_is_told_as_such()
    {
        var fake = new FakeExperiments { Before = () => throw new JournalDamagedException(new ActorKey(ActorKind.Experiment, "a", 1, 0), "row 7") };
        await using var server = await RunningServer.Start(fake);
        var reply = await server.Send("GET", "/v1/experiments/a", null);
        Assert.Equal((503, "experiment-damaged"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_body_without_end_says_how_far_it_came_before_it_failed()
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake, new ApiOptions { PieceBytes = 70_000, Linger = TimeSpan.FromMinutes(1) });
        var pieces = 0;
        fake.Before = () => ++pieces == 3 ? throw new JournalUnavailableException("storage-full", "full") : null;
        var lines = string.Concat(Enumerable.Repeat("{\"metric\":\"m\",\"identity\":\"u\"}\n", 20_000));
        var reply = await server.Send("POST", "/v1/events", Encoding.UTF8.GetBytes(lines), "application/x-ndjson");
        Assert.Equal((503, "storage-full"), (reply.Status, reply.Code));
        var applied = reply.Json.GetProperty("appliedLines").GetInt64();
        Assert.Equal(2, fake.Batches.Count);
        Assert.Equal(applied, fake.Batches.Sum(b => b.Text.Count(c => c == '\n')));
        Assert.Equal(applied, reply.Json.GetProperty("applied").GetProperty("accepted").GetInt64());
        Assert.Equal(fake.Batches[0].Text.Count(c => c == '\n') + 1, fake.Batches[1].FirstLine);
    }

    [Fact]
    public async Task The_pieces_of_a_body_are_whole_lines_and_make_the_body_again()
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake, new ApiOptions { PieceBytes = 70_000 });
        var random = new Random(7);
        var lines = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{{\"n\":{i},\"x\":\"{new string('x', random.Next(200))}\"}}\n"));
        var reply = await server.Send("POST", "/v1/events", Encoding.UTF8.GetBytes(lines), "application/x-ndjson");
        Assert.Equal(30_000, reply.Json.GetProperty("accepted").GetInt32());
        Assert.True(fake.Batches.Count > 10);
        Assert.All(fake.Batches, b => Assert.EndsWith("\n", b.Text));
        Assert.Equal(lines, string.Concat(fake.Batches.Select(b => b.Text)));
    }

    [Fact]
    public async Task More_requests_than_are_taken_at_once_are_told_to_come_again()
    {
        var held = new TaskCompletionSource();
        var fake = new FakeExperiments { Durable = held.Task };
        await using var server = await RunningServer.Start(fake, new ApiOptions { MaxRequests = 2 });
        var first = server.Send("POST", "/v1/events", "{}"u8.ToArray(), "text/plain");
        var second = server.Send("POST", "/v1/events", "{}"u8.ToArray(), "text/plain");
        await fake.Taken(2);

        var third = await server.Send("POST", "/v1/events", "{}"u8.ToArray(), "text/plain");
        Assert.Equal((429, "overloaded"), (third.Status, third.Code));
        Assert.Equal(200, (await server.Send("GET", "/healthz", null)).Status);
        held.SetResult();
        Assert.Equal((200, 200), ((await first).Status, (await second).Status));
        Assert.Equal(200, (await server.Send("POST", "/v1/events", "{}"u8.ToArray(), "text/plain")).Status);
        Assert.Equal(3, fake.Batches.Count);
    }

    [Fact]
    public async Task More_bytes_than_are_held_at_once_are_told_to_come_again()
    {
        var held = new TaskCompletionSource();
        var fake = new FakeExperiments { Durable = held.Task };
        await using var server = await RunningServer.Start(fake, new ApiOptions { MaxBufferedBytes = 2_000_000 });
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{}\n", 200_000)));
        var first = server.Send("POST", "/v1/events?producer=p/1", body, "text/plain");
        await fake.Taken(1);

        var second = await server.Send("POST", "/v1/events?producer=p/2", body, "text/plain");
        Assert.Equal((429, "overloaded"), (second.Status, second.Code));
        held.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await server.Send("POST", "/v1/events?producer=p/2", body, "text/plain")).Status);
        Assert.Equal(2, fake.Batches.Count);
    }

    [Fact]
    public async Task Stopping_finishes_what_was_accepted()
    {
        var held = new TaskCompletionSource();
        var fake = new FakeExperiments { Durable = held.Task };
        await using var server = await RunningServer.Start(fake);
        await server.Description();
        var sent = server.Send("POST", "/v1/events", "{}"u8.ToArray(), "text/plain");
        await fake.Taken(1);

        var stopping = server.App.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted);
        held.SetResult();
        Assert.Equal(200, (await sent).Status);
        await stopping;
    }

    [Fact]
    public async Task Stopping_ends_a_body_without_end_after_its_whole_lines()
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake);
        using var raw = await RawHttp.Connect(server.Address);
        await raw.Send("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{}\n{\r\n");
        await fake.Taken(1);

        var stopping = server.App.StopAsync(TestContext.Current.CancellationToken);
        var answer = await raw.ReadUntil("appliedLines\":1");
        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"stopping\"", answer, StringComparison.Ordinal);
        raw.Dispose();
        await stopping;
    }

    [Fact]
    public async Task A_silent_body_is_ended()
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake, new ApiOptions { StreamIdle = TimeSpan.FromMilliseconds(50) });
        using var raw = await RawHttp.Connect(server.Address);
        await raw.Send("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{}\n{\r\n");
        var answer = await raw.ReadUntil("appliedLines\":1");
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Single(fake.Batches);
    }

    [Fact]
    public async Task Connections_that_break_anywhere_leave_nothing_behind()
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake);
        const string Whole = "POST /v1/experiments/a/assignments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"identity\":\"u1\"}";
        for (var cut = 1; cut < Whole.Length; cut += 7)
        {
            using var raw = await RawHttp.Connect(server.Address);
            await raw.Send(Whole[..cut]);
            if (cut % 2 == 0)
            {
                raw.Reset();
            }
            else
            {
                raw.HalfClose();
                Assert.DoesNotContain("HTTP/1.1 5", await raw.ReadToEnd(), StringComparison.Ordinal);
            }
        }

        Assert.Equal(0, fake.Writes);
        Assert.Equal(200, (await server.Send("GET", "/healthz", null)).Status);
        Assert.Empty(server.Log.Lines);
    }
}
