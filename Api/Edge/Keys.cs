using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Who may call an endpoint.</summary>
internal enum Access
{
    /// <summary>Everybody: health and the description of the API.</summary>
    Open,

    /// <summary>The client key and the admin key.</summary>
    Client,

    /// <summary>The admin key.</summary>
    Admin,
}

/// <summary>
/// The keys. Without any, everybody may do everything (the host then only listens on loopback). Comparison takes the same time
/// whatever the key presented. Thread-safe.
/// </summary>
internal sealed class Keys
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int MaxBytes = 256;

    private const string Scheme = "Bearer ";

    private readonly byte[]? admin;
    private readonly byte[]? client;

    /// <exception cref="ArgumentException">A key is too long, both are the same, or there is a client key alone.</exception>
    public Keys(ApiOptions options)
    {
        if (options.ClientKey is not null && (options.AdminKey is null || options.AdminKey == options.ClientKey))
        {
            throw new ArgumentException("A client key needs an admin key beside it, and another one.", nameof(options));
        }

        admin = Padded(options.AdminKey);
        client = Padded(options.ClientKey);
    }

    /// <summary>Why the caller may not, or null when it may.</summary>
    public Problem? Refuse(HttpContext context, Access access)
    {
        if (admin is null || access == Access.Open)
        {
            return null;
        }

        var presented = Presented(context.Request);
        if (presented.IsEmpty)
        {
            return Problem.KeyMissing;
        }

        Span<byte> padded = stackalloc byte[MaxBytes + 1];
        padded.Clear();
        if (!Encoding.UTF8.TryGetBytes(presented, padded[1..], out var length))
        {
            return Problem.KeyWrong;
        }

        padded[0] = (byte)(length - 1);
        var isAdmin = CryptographicOperations.FixedTimeEquals(padded, admin);
        var isClient = client is not null && CryptographicOperations.FixedTimeEquals(padded, client);
        return isAdmin || (isClient && access == Access.Client) ? null : isClient ? Problem.KeyNotAllowed : Problem.KeyWrong;
    }

    /// <summary>What is wrong with a key, or null: it must fit into a header and a query as it is.</summary>
    public static string? Fault(string key) =>
        key.Length is > 0 and <= MaxBytes && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '+' or '/' or '=')
            ? null
            : $"has 1 to {MaxBytes} characters: letters, digits and - _ . ~ + / =";

    private static ReadOnlySpan<char> Presented(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header])
        {
            return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header.AsSpan(Scheme.Length).Trim() : [];
        }

        return request.QueryString.HasValue ? request.Query["key"].ToString() : [];
    }

    /// <summary>The length (less one) and the bytes, filled up with zeros: keys of any length compare in one time.</summary>
    private static byte[]? Padded(string? key)
    {
        if (key is null)
        {
            return null;
        }

        if (Fault(key) is { } fault)
        {
            throw new ArgumentException($"A key {fault}", nameof(key));
        }

        var padded = new byte[MaxBytes + 1];
        padded[0] = (byte)(Encoding.UTF8.GetBytes(key, padded.AsSpan(1)) - 1);
        return padded;
    }
}
