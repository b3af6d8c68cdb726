using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Bandstand.Tests.Http;

/// <summary>The OpenAPI document.</summary>
public sealed class DescriptionTests
{
    [Fact]
    public async Task The_description_is_valid_OpenAPI()
    {
        await using var server = await RunningServer.Start(new FakeExperiments());
        var text = await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        var read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.NotEmpty(read.Document!.Paths);
    }

    [Fact]
    public async Task Every_endpoint_that_is_served_is_described_and_every_other_is_not()
    {
        await using var server = await RunningServer.Start(new FakeExperiments());
        var served = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m} {e.RoutePattern.RawText}"))
            .Where(e => !e.StartsWith("HEAD", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var described = (await server.Description()).Operations.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal);
        Assert.Equal(served, described);
    }

    [Fact]
    public async Task Every_name_of_an_operation_is_its_own_and_every_schema_is_used()
    {
        await using var server = await RunningServer.Start(new FakeExperiments());
        var text = await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        var names = (await server.Description()).Operations.Select(o => o.Operation.GetProperty("operationId").GetString()!).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        foreach (var schema in JsonElement.Parse(text).GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            Assert.Contains($"#/components/schemas/{schema.Name}\"", text, StringComparison.Ordinal);
        }
    }
}
