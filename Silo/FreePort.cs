using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Bandstand.Silo;

/// <summary>
/// Reserves a port that nobody on this machine listens on. A locked file keeps it until the process ends, so that silos which
/// start at the same moment do not take the same one.
/// </summary>
internal static class FreePort
{
    private static readonly string Reservations = Path.Combine(Path.GetTempPath(), $"bandstand-ports-{Environment.UserName}");
    private static readonly List<FileStream> Held = [];

    /// <summary>The first one from <paramref name="first"/> on.</summary>
    public static int From(int first)
    {
        Directory.CreateDirectory(Reservations);
        for (var port = first; port <= IPEndPoint.MaxPort; port++)
        {
            if (TryReserve(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {first} on is free.");
    }

    private static bool TryReserve(int port)
    {
        FileStream reservation;
        try
        {
            reservation = new FileStream(Path.Combine(Reservations, port.ToString(CultureInfo.InvariantCulture)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            return false;
        }

        if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(endpoint => endpoint.Port == port))
        {
            reservation.Dispose();
            return false;
        }

        Held.Add(reservation);
        return true;
    }
}
