using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Bandstand.Api;
using Bandstand.Embedded;
using Bandstand.Storage;
using Bandstand.Tests.Http;

namespace Bandstand.Tests.Cli;

/// <summary><c>evaluate --server</c> over real HTTP, of experiments that lived there.</summary>
public sealed class EvaluateServerTests : IAsyncLifetime
{
    private const string Key = "s3cret";

    private const string ByCountry = """
        {"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","segments":["country"],
         "metrics":[{"id":"signup"},{"id":"spend","kind":"value"},{"id":"basket","kind":"ratio","numerator":"spend","denominator":"order"}],
         "allocation":{"policy":"bandit","by":"country","burnIn":20,"floor":0.1,"every":{"assignments":200}}}
        """;

    private readonly TemporaryFolder folder = new();
    private RunningServer server = null!;

    public async ValueTask InitializeAsync()
    {
        var engine = await EmbeddedExperiments.OpenAsync(new InMemoryJournalStore());
        server = await RunningServer.Start(engine, new ApiOptions { AdminKey = Key }, engine.DisposeAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("signup")]
    [InlineData("spend")]
    [InlineData("basket")]
    public async Task A_bandit_that_rebalanced_is_evaluated_by_the_probabilities_it_answered_with(string metric)
    {
        await Ok("PUT", "/v1/experiments/price", ByCountry);
        var people = await Live();

        // What was answered to each is all that this takes: alternative and probability.
        Assert.True(people.Select(p => p.Probability).Distinct().Count() > 6, "Too few sets of weights.");
        (double X, double Y) Of(Person p) => metric switch { "signup" => (1, p.Orders > 0 ? 1 : 0), "spend" => (1, p.Spend), _ => (p.Orders, p.Spend) };
        var inB = people.Where(p => p.Alternative == "b").ToList();
        var own = inB.Sum(p => Of(p).Y / p.Probability) / inB.Sum(p => Of(p).X / p.Probability);
        var raw = metric == "basket" ? own : inB.Sum(p => Of(p).Y / p.Probability) / people.Count;
        var recorded = people.Sum(p => Of(p).Y) / people.Sum(p => Of(p).X);

        var run = await EvaluateAsync("--experiment price", $"--metric {metric} --policy always:b --epochs");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal([recorded], Figures(lines[0]).Take(1), Alike);
        Assert.Equal(metric == "basket" ? [own, own - recorded] : [own, raw, own - recorded], Figures(lines[1]), Alike);
        Assert.Contains($"; {people.Count} participants under {lines.Length - 2} sets of weights, ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("  epoch 1 (country:", StringComparison.Ordinal));

        // An export says the same.
        await CliRun.RunAsync($"export --server {server.Address} --experiment price --key {Key} --out {{0}}", folder.File("price.ndjson"));
        Assert.Equal(run, await CliRun.RunAsync($"evaluate {{0}} --metric {metric} --policy always:b --epochs", folder.File("price.ndjson")));
    }

    [Fact]
    public async Task Without_a_policy_the_usual_ones_are_evaluated_and_without_the_key_nothing()
    {
        await Ok("PUT", "/v1/experiments/price", ByCountry);
        await Live();

        var run = await EvaluateAsync("--experiment price");
        Assert.Equal(["recorded", "equal", "thompson"], run.Output.TrimEnd().Split('\n').Where(line => line[0] != ' ').Select(line => line.Split(':')[0]));

        run = await CliRun.RunAsync($"evaluate --server {server.Address} --experiment price");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("Give the admin key by --key or BANDSTAND_ADMIN_KEY", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_evaluated_yet_is_told()
    {
        await Ok("PUT", "/v1/experiments/price", ByCountry);
        await Ok("PUT", "/v1/experiments/draft", """{"start":false,"metrics":[{"id":"signup"}]}""");

        await Refused("--experiment price", 1, "Nobody took part in 'price' yet");
        await Refused("--experiment draft", 1, "Nobody took part in 'draft' yet");
        await Refused("--experiment nothing", 1, "404 experiment-not-found");
        await Refused("--experiment price --metric nothing", 1, "404 metric-not-found: The experiment has no metric \"nothing\". It has: signup, spend, basket");

        // One participant is nobody to compare with, but no failure.
        await Ok("POST", "/v1/experiments/price/assignments", """{"identity":"u1"}""");
        var run = await EvaluateAsync("--experiment price");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("equal: unavailable (few-participants)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_is_another_is_told()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var closed = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        var run = await CliRun.RunAsync($"evaluate --server http://127.0.0.1:{closed} --experiment price");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains($"http://127.0.0.1:{closed}/ cannot be reached", run.Error, StringComparison.Ordinal);

        run = await CliRun.RunAsync($"evaluate --server {server.Address}nowhere --experiment price --key {Key}");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("404", run.Error, StringComparison.Ordinal);
    }

    private static bool Alike(double expected, double actual) => expected.ToString("G4", CultureInfo.InvariantCulture) == actual.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>The numbers that stand before ±.</summary>
    private static IEnumerable<double> Figures(string line) =>
        line.Split(" ± ")[..^1].Select(before => double.Parse(before.Split(' ')[^1], CultureInfo.InvariantCulture));

    /// <summary>1 200 people of three countries in lists of 50, who order by country and alternative.</summary>
    private async Task<List<Person>> Live()
    {
        var people = new List<Person>();
        for (var list = 0; list < 24; list++)
        {
            var country = list % 3;
            var attributes = country == 2 ? "" : $$""","attributes":{"country":"{{(country == 0 ? "DE" : "FR")}}"}""";
            var identities = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"u{list}-{i}\""));
            var answers = JsonElement.Parse(await Ok("POST", "/v1/experiments/price/assignments", $$"""{"identities":[{{identities}}]{{attributes}}}"""));
            var events = new StringBuilder();
            foreach (var answer in answers.GetProperty("assignments").EnumerateArray())
            {
                var (identity, alternative, number) = (answer.GetProperty("identity").GetString()!, answer.GetProperty("alternative").GetString()!, people.Count);
                var likes = country == 0 ? alternative == "a" : alternative == "b";
                var orders = number * 7919 % 100 < (likes ? 45 : 25) + (5 * country) ? 1 + (number % 3) : 0;
                people.Add(new(alternative, answer.GetProperty("probability").GetDouble(), orders, orders * (10 + (number % 7))));
                if (orders > 0)
                {
                    events.Append(CultureInfo.InvariantCulture, $$"""{"metric":"signup","identity":"{{identity}}"}""").Append('\n')
                        .Append(CultureInfo.InvariantCulture, $$"""{"metric":"order","identity":"{{identity}}","value":{{orders}}}""").Append('\n')
                        .Append(CultureInfo.InvariantCulture, $$"""{"metric":"spend","identity":"{{identity}}","value":{{people[^1].Spend}}}""").Append('\n');
                }
            }

            await Ok("POST", "/v1/events", events.ToString(), "application/x-ndjson");
        }

        return people;
    }

    private async Task<string> Ok(string method, string path, string body, string mediaType = "application/json")
    {
        var reply = await server.Send(method, path, Encoding.UTF8.GetBytes(body), mediaType, ("Authorization", $"Bearer {Key}"));
        Assert.InRange(reply.Status, 200, 299);
        return reply.Text;
    }

    private Task<CliRun> EvaluateAsync(params string[] options) => CliRun.RunAsync($"evaluate --server {server.Address} --key {Key} {string.Join(' ', options)}");

    private async Task Refused(string options, int code, string says)
    {
        var run = await EvaluateAsync(options);
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    private sealed record Person(string Alternative, double Probability, int Orders, double Spend);
}
