using Bandstand.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Bandstand.Api;

/// <summary>Bandstand over HTTP: everything docs/http.md describes, over any <see cref="IExperiments"/>.</summary>
public static class BandstandApi
{
    /// <summary>Says what the API allows and takes. Without it the defaults hold.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Keys, origins and limits.</param>
    /// <exception cref="ArgumentException">The keys do not fit together.</exception>
    public static IServiceCollection AddBandstandApi(this IServiceCollection services, ApiOptions options)
    {
        _ = new Keys(options);
        return services.AddRouting().AddSingleton(options);
    }

    /// <summary>
    /// Maps every endpoint. The services must hold an <see cref="IExperiments"/>, which is looked up once, here.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <returns>The group of all endpoints, for what the host adds to them.</returns>
    public static RouteGroupBuilder MapBandstandApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var options = services.GetService<ApiOptions>() ?? new ApiOptions();
        var gate = new Gate(options);
        var origins = new Origins(options);
        var clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var edge = new Edge(new Keys(options), origins, gate, clock, services.GetRequiredService<ILogger<Edge>>());
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        var routes = RouteTable.Of(new ApiParts(services.GetRequiredService<IExperiments>(), options, gate, clock, stopping));

        var group = endpoints.MapGroup("");
        foreach (var path in routes.GroupBy(r => r.Pattern, StringComparer.Ordinal))
        {
            foreach (var route in path)
            {
                string[] methods = route.Method == "GET" ? ["GET", "HEAD"] : [route.Method];
                group.MapMethods(path.Key, methods, edge.Around(route.Access, Queries.Only(route)));
            }

            // Whatever has no method of its own ends here: questions of browsers, and wrong methods.
            StringValues allowed = string.Join(", ", path.SelectMany(r => r.Method == "GET" ? ["GET", "HEAD"] : new[] { r.Method }).Append("OPTIONS"));
            group.Map(path.Key, edge.Around(Access.Open, context => OtherMethod(context, allowed)));
        }

        RequestDelegate nothing = context => Problems.Write(context, Problem.RouteNotFound);
        foreach (var rest in new[] { "/v1/{**rest}", "/openapi/{**rest}" })
        {
            group.Map(rest, edge.Around(Access.Open, nothing)).WithOrder(int.MaxValue);
        }

        return group;
    }

    /// <summary>Answers 404 as <c>application/problem+json</c> wherever nothing else is mapped. For hosts that are only Bandstand.</summary>
    /// <param name="endpoints">Where to map.</param>
    public static IEndpointConventionBuilder MapBandstandNotFound(this IEndpointRouteBuilder endpoints)
    {
        RequestDelegate nothing = context => Problems.Write(context, Problem.RouteNotFound);
        return endpoints.Map("/{**rest}", nothing).WithOrder(int.MaxValue);
    }

    private static Task OtherMethod(HttpContext context, in StringValues allowed)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            Origins.Preflight(context, allowed);
            return Task.CompletedTask;
        }

        context.Response.Headers.Allow = allowed;
        return Problems.Write(context, Problem.MethodNotAllowed(allowed.ToString()));
    }
}

/// <summary>What endpoints are made from.</summary>
/// <param name="Experiments">What is served.</param>
/// <param name="Options">Limits.</param>
/// <param name="Gate">What is under way.</param>
/// <param name="Clock">The time.</param>
/// <param name="Stopping">Cancelled when the host begins to stop.</param>
internal sealed record ApiParts(IExperiments Experiments, ApiOptions Options, Gate Gate, TimeProvider Clock, CancellationToken Stopping);
