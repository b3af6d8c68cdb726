using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bandstand.Tests.Cli;

/// <summary>Against a server that answers as the contract says, and wrongly where a test wants it to.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    private const string Key = "s3cret";
    private readonly TemporaryFolder folder = new();
    private readonly WebApplication server;
    private string address = "";

    public ExportTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.Run(AnswerAsync);
    }

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_table_has_one_row_per_metric_and_alternative()
    {
        var run = await ExportAsync("scores.csv");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
            experiment,status,asOf,metric,alternative,value,control,outcome,participants,converted,conversions,rate,mean,stdDev,classic.z,classic.probability,classic.difference,bayes.probability,bayes.probabilityBest,bayes.expectedLoss,bayes.credibleInterval.lower,bayes.credibleInterval.upper,bayes.lift.estimate,bayes.lift.lower,bayes.lift.upper,sequential.lift.estimate,sequential.lift.lower,sequential.lift.upper,sequential.pValue,sequential.eValue,sequential.logE,sequential.eBH,sequential.beatsControl,sequential.adjusted.mean,sequential.adjusted.varianceReduction,sequential.adjusted.unadjustedLift.estimate,sequential.adjusted.unadjustedLift.lower,sequential.adjusted.unadjustedLift.upper,fixed.lift.estimate,fixed.lift.lower,fixed.lift.upper,fixed.pValue,fixed.beatsControl,fixed.adjusted.mean,fixed.adjusted.varianceReduction,fixed.adjusted.unadjustedLift.estimate,fixed.adjusted.unadjustedLift.lower,fixed.adjusted.unadjustedLift.upper,sequential.bestPValue,fixed.bestPValue,sampleRatio.pValue,sampleRatio.mismatch,mature.participants,mature.converted,mature.rate,mature.mean,mature.stdDev,adaptive.epochs,adaptive.mean,adaptive.sequence.estimate,adaptive.sequence.standardError,adaptive.sequence.lower,adaptive.sequence.upper,adaptive.stratified.estimate,adaptive.stratified.standardError,adaptive.stratified.lower,adaptive.stratified.upper,adaptive.inverseProbability.estimate,adaptive.inverseProbability.standardError,adaptive.inverseProbability.lower,adaptive.inverseProbability.upper,adaptive.adaptivelyWeighted.estimate,adaptive.adaptivelyWeighted.standardError,adaptive.adaptivelyWeighted.lower,adaptive.adaptivelyWeighted.upper
            price,completed,2026-01-31T10:00:00Z,signup,a,19,true,false,182,35,36,0.1923,0.1923,0.3952,,,,0.12,,0.13,,,,,,,,,,,,,,,,,,,,,,,,,,,,,0.03,0.03,0.4,false,,,,,,,,,,,,,,,,,,,,,,,
            price,completed,2026-01-31T10:00:00Z,signup,b,"{""x"":[1,2]}",false,true,180,45,45,0.25,0.25,0.4,,,,99.88,0.9988,0.01,,,,,,,,,0.04,25,,,true,,,,,,0.3,-0.1,0.7,0.04,true,,,,,,0.03,0.03,0.4,false,,,,,,3,0.24,0.05,0.02,0.01,0.09,,,,,,,,,,,,
            price,completed,2026-01-31T10:00:00Z,revenue,a,19,true,false,182,35,36,0.1923,0.1923,0.3952,,,,0.12,,0.13,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,0.03,0.4,false,,,,,,,,,,,,,,,,,,,,,,,
            price,completed,2026-01-31T10:00:00Z,revenue,b,"{""x"":[1,2]}",false,true,180,45,45,0.25,0.25,0.4,,,,99.88,0.9988,0.01,,,,,,,,,,,,,,,,,,,0.3,-0.1,0.7,0.04,true,,,,,,,0.03,0.4,false,,,,,,3,0.24,0.05,0.02,0.01,0.09,,,,,,,,,,,,

            """.ReplaceLineEndings("\n"),
            await File.ReadAllTextAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken));
        Assert.Contains("warning: no sequential score of 'revenue': 422 not-yet: later", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_figure_that_the_api_describes_has_a_column()
    {
        await ExportAsync("scores.csv");

        var columns = (await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken))[0].Split(',');
        var schemas = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(
            Path.Combine(Repository.Root, "Api", "OpenApi", "schemas.json"), TestContext.Current.CancellationToken));
        var figures = schemas.GetProperty("ScoreRow").GetProperty("properties").EnumerateObject().Select(x => x.Name)
            .Concat(schemas.GetProperty("AdaptiveEstimates").GetProperty("properties").EnumerateObject().Select(x => $"adaptive.{x.Name}"))
            .Where(name => !name.EndsWith("unavailable", StringComparison.Ordinal));
        Assert.All(figures, name => Assert.Contains(columns, column => column.Split('.').Contains(name) || $"{column}.".StartsWith($"{name}.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Lines_hold_everything_in_all_pages()
    {
        var run = await ExportAsync("all.ndjson");

        Assert.Equal(0, run.ExitCode);
        var lines = (await File.ReadAllLinesAsync(folder.File("all.ndjson"), TestContext.Current.CancellationToken))
            .Select(x => JsonSerializer.Deserialize<JsonElement>(x)).ToArray();
        Assert.Equal(
            [("experiment", 1), ("score", 5), ("health", 1), ("history", 2), ("epoch", 1), ("decision", 3), ("timestep", 1)],
            lines.CountBy(x => x.GetProperty("record").GetString()!).Select(x => (x.Key, x.Value)));
        Assert.Equal([0, 1, 2], lines.Where(x => x.GetProperty("record").ValueEquals("decision")).Select(x => x.GetProperty("number").GetInt32()));
        Assert.Equal("price", lines[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("nothing", "404 experiment-not-found: There is no experiment 'nothing'.")]
    [InlineData("broken", "500 internal-error")]
    [InlineData("html", "is that a Bandstand server?")]
    public async Task What_the_server_refuses_is_told(string experiment, string says)
    {
        var run = await ExportAsync("out.csv", experiment);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_missing_key_is_told_with_the_remedy()
    {
        var run = await CliRun.RunAsync($"export --server {address} --experiment price --key wrong --out {{0}}", folder.File("out.csv"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        await server.StopAsync(TestContext.Current.CancellationToken);

        var run = await ExportAsync("out.csv");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export --server 127.0.0.1:5080 --experiment x --out x.csv", "http://127.0.0.1:5080")]
    [InlineData("export --server http://127.0.0.1:5080 --experiment x --out x.json", ".ndjson")]
    [InlineData("export --server http://127.0.0.1:5080 --out x.csv", "--experiment")]
    public async Task What_is_typed_wrongly_is_answered_with_2(string line, string says)
    {
        var run = await CliRun.RunAsync(line);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        const string Path = "/v1/experiments/price";
        return (context.Request.Headers.Authorization.ToString(), context.Request.Path.Value) switch
        {
            (not $"Bearer {Key}", _) => Problem(context, 401, "key-wrong", "This key is not known here."),
            (_, Path) => Json(context, """
                {"id":"price","status":"completed","outcome":"b","metrics":[{"id":"signup"},{"id":"revenue"}],"allocation":{"policy":"timestep"}}
                """),
            (_, $"{Path}/score") => Score(context, query["method"]!, query["metric"]!),
            (_, $"{Path}/health") => Json(context, """{"experiment":"price","conflicts":2}"""),
            (_, $"{Path}/history") => Json(context, $$"""{"by":"{{query["by"]}}","points":[]}"""),
            (_, $"{Path}/epochs") => Json(context, """{"items":[{"number":0}],"next":null}"""),
            (_, $"{Path}/timesteps") => Json(context, """{"items":[{"timestep":0,"winner":"a"}],"next":null}"""),
            (_, $"{Path}/decisions") => Json(context, query["after"].ToString() switch
            {
                "" => """{"items":[{"number":0},{"number":1}],"next":"1"}""",
                "1" => """{"items":[{"number":2}],"next":null}""",
                _ => "{}",
            }),
            (_, "/v1/experiments/broken") => Problem(context, 500, "internal-error", "Something failed."),
            (_, "/v1/experiments/html") => context.Response.WriteAsync("<html>"),
            _ => Problem(context, 404, "experiment-not-found", "There is no experiment 'nothing'."),
        };
    }

    private static Task Score(HttpContext context, string method, string metric) => method switch
    {
        "classic" => Problem(context, 422, "invalid", $"classic scores no {metric}"),
        "sequential" when metric == "revenue" => Problem(context, 422, "not-yet", "later"),
        _ => Json(context, $$"""
            {"method":"{{method}}","metric":"{{metric}}","asOf":"2026-01-31T10:00:00Z","control":"a","alternatives":[
             {"alternative":"a","value":19,"participants":182,"converted":35,"conversions":36,"rate":0.1923,"mean":0.1923,"stdDev":0.3952,
              "probability":0.12,"lift":null,"pValue":null,"beatsControl":null,"expectedLoss":0.13},
             {"alternative":"b","value":{"x":[1,2]},"participants":180,"converted":45,"conversions":45,"rate":0.25,"mean":0.25,"stdDev":0.4,
              "probability":99.88,"lift":{{(method == "fixed" ? """{"estimate":0.3,"lower":-0.1,"upper":0.7}""" : "null")}},
              "pValue":0.04,"eValue":{{(method == "sequential" ? "25" : "null")}},"probabilityBest":0.9988,"beatsControl":true,"expectedLoss":0.01,
              "adaptive":{"epochs":3,"mean":0.24,"sequence":{"estimate":0.05,"standardError":0.02,"lower":0.01,"upper":0.09},"stratified":null} }],
             "bestPValue":0.03,"sampleRatio":{"pValue":0.4,"mismatch":false} }
            """),
    };

    private static Task Json(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    private static Task Problem(HttpContext context, int status, string code, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { type = $"/problems/{code}", status, code, detail }));
    }

    private Task<CliRun> ExportAsync(string file, string experiment = "price") =>
        CliRun.RunAsync($"export --server {address} --experiment {experiment} --key {Key} --out {{0}}", folder.File(file));
}
