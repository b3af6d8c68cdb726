using System.Globalization;
using System.Text;
using Bandstand.Embedded;
using Bandstand.Storage;

namespace Bandstand.Tests.Http;

/// <summary>Ten thousand requests that no sane client sends, the same in every run.</summary>
public sealed class FuzzTests
{
    private const int Requests = 5_000;

    [Fact]
    public async Task Whatever_comes_there_is_no_500_and_every_no_is_a_problem()
    {
        await using var server = await Start();
        var random = new Random(20260131);
        var statuses = new SortedDictionary<int, int>();
        for (var i = 0; i < Requests; i++)
        {
            var (method, path, mediaType, body) = Pick(random);
            var bytes = body is null ? null : Mutate(Encoding.UTF8.GetBytes(body), random);
            path = random.Next(4) == 0 ? MutatePath(path, random) : path;
            var reply = await server.Send(random.Next(20) == 0 ? Any(random, Methods) : method, path, bytes, random.Next(10) == 0 ? Any(random, MediaTypes) : mediaType, Headers(random));
            Assert.True(reply.Status < 500, $"Request {i}: {method} {path} answered {reply.Status} {reply.Text}\n{string.Join('\n', server.Log.Lines)}");
            statuses[reply.Status] = statuses.GetValueOrDefault(reply.Status) + 1;
        }

        Assert.Equal(200, (await server.Send("GET", "/readyz", null)).Status);
        Assert.Empty(server.Log.Lines);
        Assert.All([200, 400, 404, 405, 415, 422], s => Assert.True(statuses.GetValueOrDefault(s) > 10, $"{s}: {string.Join(' ', statuses)}"));
    }

    [Fact]
    public async Task What_is_certainly_wrong_gets_the_right_code_and_changes_nothing()
    {
        await using var server = await Start();
        var before = await State(server);
        var random = new Random(7);
        for (var i = 0; i < Requests; i++)
        {
            var (method, path, mediaType, body) = Pick(random, withBody: true);
            var (kind, broken, type, expected) = Break(body!, mediaType, random);
            var reply = await server.Send(method, path, broken, type);
            if (mediaType == "application/x-ndjson" && expected == 400)
            {
                // A bad line is rejected by its number; the batch is not.
                Assert.True(reply.Status == 200 && reply.Json.GetProperty("accepted").GetInt32() == 0 && reply.Json.GetProperty("rejectedCount").GetInt32() == 1, $"{kind}: {path} {Encoding.UTF8.GetString(broken)} {reply.Text}");
            }
            else
            {
                Assert.True(reply.Status == expected, $"{kind}: {method} {path} {Encoding.UTF8.GetString(broken)} answered {reply.Status} {reply.Text}");
            }
        }

        Assert.Equal(before, await State(server));
        Assert.Empty(server.Log.Lines);
    }

    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "FOO"];

    private static readonly string?[] MediaTypes = ["application/json", "application/x-ndjson", "text/plain", "text/csv", "image/png", "application/json; charset=latin1", null];

    private static readonly string[] Pieces =
        ["\"", "{", "}", "[", "]", ",", ":", "null", "true", "-", "1e999", "1E-999", "99999999999999999999999", "0.1", "\\u0000", "\\ud800", "\u00e9", "\U0001F388", "\0", "\n", "\"a\":1,", "{\"a\":{\"a\":", "[[[[[[[[", " ", "-0", "NaN"];

    private static readonly (string Method, string Path, string MediaType, string? Body)[] Seeds =
    [
        ("PUT", "/v1/experiments/price", "application/json", """{"name":"Price","alternatives":[{"key":"a","value":19},{"key":"b","value":25,"weight":2}],"default":"a","metrics":[{"id":"signup","kind":"conversion"},{"id":"revenue","kind":"value"}],"completeWhen":{"probability":0.95,"deadline":"P30D"},"outcome":{"rule":"best","handicap":{"a":2}}}"""),
        ("PUT", "/v1/experiments/bandit", "application/json", """{"start":false,"shards":4,"allocation":{"policy":"bandit","algorithm":"thompson","every":{"assignments":1000},"floor":0.05},"assignment":{"traffic":0.5},"targeting":{"layer":{"name":"l","from":0,"to":0.5}}}"""),
        ("POST", "/v1/experiments/price/assignments", "application/json", """{"identity":"u1","attributes":{"country":"DE","userAgent":"x"},"record":true}"""),
        ("POST", "/v1/experiments/price/assignments", "application/json", """{"identities":["u1","u2","u3"],"record":false}"""),
        ("POST", "/v1/experiments/price/forced", "application/json", """{"identity":"u1","alternative":"b"}"""),
        ("PUT", "/v1/experiments/price/weights", "application/json", """{"weights":{"a":1,"b":1},"reason":"because"}"""),
        ("POST", "/v1/experiments/price/complete", "application/json", """{"outcome":"b"}"""),
        ("POST", "/v1/experiments/price/reset", "application/json", """{"seed":"again"}"""),
        ("POST", "/v1/events", "application/x-ndjson", """{"metric":"signup","identity":"u1","value":1,"at":"2026-01-31T10:00:00Z","id":"e1"}"""),
        ("POST", "/v1/events", "application/x-ndjson", """{"type":"exposure","experiment":"price","identity":"u9","alternative":"b","epoch":0}"""),
        ("POST", "/v1/events?producer=p/1", "application/x-ndjson", """{"type":"observation","experiment":"banner","timestep":0,"alternative":"1","value":0}"""),
        ("POST", "/v1/experiments/banner/timesteps/0/close", "application/json", "{}"),
        ("GET", "/v1/experiments", "", null),
        ("GET", "/v1/experiments/price/score?method=bayes&probability=90", "", null),
        ("GET", "/v1/experiments/price/history?by=hour", "", null),
        ("GET", "/v1/experiments/price/decisions?limit=5&after=1", "", null),
        ("GET", "/v1/metrics/signup/values?from=2026-01-01&to=2026-01-31", "", null),
        ("GET", "/v1/experiments/price/assignments/u1", "", null),
        ("DELETE", "/v1/participants/u1", "", null),
        ("GET", "/v1/experiments/banner/timesteps", "", null),
    ];

    private static (string Method, string Path, string MediaType, string? Body) Pick(Random random, bool withBody = false)
    {
        var seeds = withBody ? [.. Seeds.Where(s => s.Body is not null)] : Seeds;
        return seeds[random.Next(seeds.Length)];
    }

    /// <summary>A body that cannot be right, and the status it must get.</summary>
    private static (string Kind, byte[] Body, string? MediaType, int Status) Break(string body, string mediaType, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return ("cut", Encoding.UTF8.GetBytes(body[..random.Next(1, body.Length)]), mediaType, 400);
            case 1:
                return ("unknown field", Encoding.UTF8.GetBytes($"{{\"nonsense\":1{(body.Length > 2 ? "," : "")}{body[1..]}"), mediaType, 400);
            case 2 when body.Length > 2:
                var name = body[1..body.IndexOf(':', StringComparison.Ordinal)];
                return ("duplicate", Encoding.UTF8.GetBytes($"{body[..^1]},{name}:{body[(body.IndexOf(':', StringComparison.Ordinal) + 1)..(body.IndexOf(':', StringComparison.Ordinal) + 2)]}"), mediaType, 400);
            case 3:
                return ("array", Encoding.UTF8.GetBytes($"[[{body}]]"), mediaType, 400);
            case 4:
                return ("more", Encoding.UTF8.GetBytes(body + body), mediaType, 400);
            case 5:
                return ("type", Encoding.UTF8.GetBytes(body), "image/png", 415);
            case 6:
                return ("bytes", [.. Encoding.UTF8.GetBytes(body[..^1]), 0xff, (byte)'}'], mediaType, 400);
            default:
                return ("depth", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + body), mediaType, 400);
        }
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var i = random.Next(4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Any(random, Pieces)));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)Any(random, Pieces)[0], random.Next(2_000)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static string MutatePath(string path, Random random)
    {
        var at = random.Next(1, path.Length);
        return random.Next(4) switch
        {
            0 => path[..at] + Uri.EscapeDataString(Any(random, Pieces[..13])) + path[at..],
            1 => path[..at],
            2 => path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + Any(random, ["limit=-1", "after=%00", "key=x", "metric=", "by=%ff", "probability=1e400", "producer=a/b/-3", "limit=10"]),
            _ => path.Replace("price", Any(random, ["none", "PRICE", "a%2Fb", new string('x', 300), "0", "price%20"]), StringComparison.Ordinal),
        };
    }

    private static (string Name, string Value)[] Headers(Random random) => random.Next(10) switch
    {
        0 => [("If-Match", Any(random, ["*", "x", "\"x\"", "W/\"x\"", "\"a\", \"b\"", ""]))],
        1 => [("If-None-Match", Any(random, ["*", "\"x\"", "?"]))],
        2 => [("Bandstand-Producer", Any(random, ["p/1", "p", "/", "p/999999999999999999999", "\u007f/1"]))],
        3 => [("Accept", Any(random, ["text/csv", "*/*", ";;;", "application/json;q=x"]))],
        4 => [("Authorization", Any(random, ["Bearer", "Bearer x", "Basic x", ""])), ("Origin", "http://x")],
        _ => [],
    };

    private static T Any<T>(Random random, T[] of) => of[random.Next(of.Length)];

    private static async Task<RunningServer> Start()
    {
        var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore());
        var server = await RunningServer.Start(engine, stop: engine.DisposeAsync);
        await server.Send("PUT", "/v1/experiments/price", Encoding.UTF8.GetBytes(Seeds[0].Body!));
        await server.Send("PUT", "/v1/experiments/banner", """{"alternatives":[{"key":"0"},{"key":"1"}],"default":"0","metrics":[{"id":"target","kind":"value"}],"allocation":{"policy":"timestep","countMultiplier":1}}"""u8.ToArray());
        for (var i = 0; i < 10; i++)
        {
            await server.Send("POST", "/v1/experiments/price/assignments", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"identity\":\"u{i}\"}}")));
        }

        await server.Send("POST", "/v1/events", Encoding.UTF8.GetBytes(Seeds[8].Body!), "application/x-ndjson");
        return server;
    }

    /// <summary>All that can be seen of what is stored.</summary>
    private static async Task<string> State(RunningServer server)
    {
        var text = new StringBuilder();
        foreach (var path in new[]
        {
            "/v1/experiments", "/v1/experiments/price/decisions", "/v1/experiments/price/epochs", "/v1/experiments/price/history", "/v1/experiments/banner/timesteps", "/v1/metrics",
        }.Concat(Enumerable.Range(0, 12).Select(i => $"/v1/participants/u{i}")))
        {
            text.AppendLine((await server.Send("GET", path, null)).Text);
        }

        return text.ToString();
    }
}
