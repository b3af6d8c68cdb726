using System.Net;
using System.Net.NetworkInformation;

namespace Bandstand.Silo;

/// <summary>Finds a port that nobody on this machine listens on.</summary>
internal static class FreePort
{
    /// <summary>The first one from <paramref name="first"/> on.</summary>
    public static int From(int first)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(endpoint => endpoint.Port).ToHashSet();
        for (var port = first; port <= IPEndPoint.MaxPort; port++)
        {
            if (!taken.Contains(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {first} on is free.");
    }
}
