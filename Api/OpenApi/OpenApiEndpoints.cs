using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>The description of the API itself.</summary>
internal sealed class OpenApiEndpoints(IReadOnlyList<Route> others)
{
    private byte[] document = [];

    public IEnumerable<Route> Routes
    {
        get
        {
            var route = new Route("GET", "/openapi/v1.json", Access.Open, Describe)
            {
                Name = "getOpenApi",
                Tag = "Health",
                Summary = "This description (OpenAPI 3.1).",
                Replies = [new(200, "The description.", Content.Json("""{"type":"object"}"""))],
            };
            document = OpenApiDocument.Write([.. others, route]);
            return [route];
        }
    }

    private async Task Describe(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(document);
        }
    }
}
