namespace Bandstand.Tests.Http;

/// <summary>What is decided before a request reaches the API, as docs/http.md says it.</summary>
public sealed class KestrelTests
{
    [Theory]
    [InlineData("GET /v1/experiments/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /LONG HTTP/1.1\r\nHost: x\r\n\r\n", 414)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nA: LONG\r\nB: LONG\r\nC: LONG\r\nD: LONG\r\nE: LONG\r\n\r\n", 431)]
    public async Task What_never_reaches_the_api_is_refused_without_a_body_and_the_connection_closed(string request, int status)
    {
        await using var server = await RunningServer.Start(new FakeExperiments());

        var answer = await RawHttp.Exchange(server.Address, request.Replace("LONG", new string('x', request[5] == 'L' ? 66_000 : 8_300), StringComparison.Ordinal));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await server.Send("GET", "/healthz", null)).Status);
    }

    [Theory]
    [InlineData("/v1/experiments/LONG")]
    [InlineData("/v1/power?kind=LONG")]
    [InlineData("/healthz?LONG")]
    public async Task An_address_that_is_too_long_is_told_so(string path)
    {
        await using var server = await RunningServer.Start(new FakeExperiments());

        var longest = await server.Send("GET", path.Replace("LONG", new string('x', 8_192 - path.Length + 4), StringComparison.Ordinal), null);
        var refused = await server.Send("GET", path.Replace("LONG", new string('x', 8_192 - path.Length + 5), StringComparison.Ordinal), null);

        Assert.NotEqual(414, longest.Status);
        Assert.Equal((414, "address-too-long"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_body_that_trickles_is_ended_with_a_problem()
    {
        var fake = new FakeExperiments();
        await using var server = await RunningServer.Start(fake);
        using var raw = await RawHttp.Connect(server.Address);

        // Whole but for one byte, which never comes: after its grace (5 seconds of Kestrel's own clock) it is too slow.
        await raw.Send("POST /v1/experiments/a/assignments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"identity\":\"u1\"}");
        var answer = await raw.ReadUntil("}");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body-timeout\"", answer, StringComparison.Ordinal);
        Assert.Equal(0, fake.Writes);
    }
}
