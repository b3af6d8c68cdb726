namespace Bandstand.Api;

/// <summary>All endpoints there are.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<Route> Of(ApiParts parts)
    {
        List<Route> routes =
        [
            .. new ExperimentEndpoints(parts).Routes,
            .. new LifecycleEndpoints(parts).Routes,
            .. new AssignmentEndpoints(parts).Routes,
            .. new ParticipantEndpoints(parts).Routes,
            .. new EventEndpoints(parts).Routes,
            .. new HistoryEndpoints(parts).Routes,
            .. new ScoreEndpoints(parts).Routes,
            .. new PowerEndpoints(parts).Routes,
            .. new StreamEndpoints(parts).Routes,
            .. new TimestepEndpoints(parts).Routes,
            .. new HealthEndpoints(parts).Routes,
        ];
        routes.AddRange(new OpenApiEndpoints([.. routes]).Routes);
        return routes;
    }
}
