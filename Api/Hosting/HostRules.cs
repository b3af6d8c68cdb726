using System.Net;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Which arguments fit together.</summary>
internal static class HostRules
{
    /// <summary>What is wrong and the remedy in one line, or null.</summary>
    public static string? Check(HostArguments arguments)
    {
        var api = arguments.Api;
        if (api.AdminKey is { } admin && Keys.Fault(admin) is { } adminFault)
        {
            return $"--admin-key {adminFault}";
        }

        if (api.ClientKey is { } client)
        {
            if (Keys.Fault(client) is { } clientFault)
            {
                return $"--client-key {clientFault}";
            }

            if (api.AdminKey is null)
            {
                return "--client-key needs --admin-key beside it: without it nobody could define an experiment.";
            }

            if (api.AdminKey == client)
            {
                return "--client-key and --admin-key are the same. Give two different keys.";
            }
        }

        if (arguments.Urls.Count == 0)
        {
            return "--urls needs at least one URL, such as http://127.0.0.1:5080.";
        }

        foreach (var url in arguments.Urls)
        {
            if (Url(url, api.AdminKey is not null) is { } fault)
            {
                return fault;
            }
        }

        return api.AllowedOrigins.Select(Origin).FirstOrDefault(fault => fault is not null);
    }

    private static string? Url(string url, bool hasKeys)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return $"--urls: {url} is not a URL such as http://127.0.0.1:5080.";
        }

        if (address.Port is < 0 or > 65_535)
        {
            return $"--urls: {url} has a port that is not 0 to 65535.";
        }

        if (address.Scheme != "http" || address.PathBase.Length > 0)
        {
            return $"--urls: {url} must be http without a path. Put TLS and paths into a proxy in front.";
        }

        var isLoopback = address.IsUnixPipe
            || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
        return isLoopback || hasKeys
            ? null
            : $"Without --admin-key the server only listens on loopback, not on {url}. Set --admin-key (and --client-key), or listen on http://127.0.0.1:{address.Port}.";
    }

    private static string? Origin(string origin) =>
        origin == "*"
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"--allow-origin: {origin} is not an origin such as https://shop.example (no path, no slash at the end), or *.";
}
