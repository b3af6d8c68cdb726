using Bandstand.Ports;

namespace Bandstand.Grains;

/// <summary>What the cluster itself refuses, beside what Core's rules refuse.</summary>
internal static class ClusterRefusals
{
    public static Refusal Unreachable(Exception error) => new(
        RefusalKind.Unavailable, "cluster-unavailable", $"A part of the cluster cannot be reached now ({error.GetType().Name}). Nothing was answered as done: send the same again.");
}
