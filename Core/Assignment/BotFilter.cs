using System.Buffers;
using System.Text.Json;

namespace Bandstand.Assignment;

/// <summary>
/// Tells bots by their user agent, by Vanity's rule: it contains <c>bot</c>, <c>spider</c>, <c>crawler</c>, <c>http://</c> or
/// <c>https://</c>, in any case. Who sends no user agent is no bot. Thread-safe, allocates nothing for user agents up to
/// 512 bytes.
/// </summary>
public static class BotFilter
{
    /// <summary>The attribute that holds the user agent.</summary>
    public const string Attribute = "userAgent";

    private static readonly SearchValues<string> Marks = SearchValues.Create(["bot", "spider", "crawler", "http://", "https://"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a user agent is a bot's.</summary>
    /// <param name="userAgent">The user agent.</param>
    public static bool IsBot(ReadOnlySpan<char> userAgent) => userAgent.ContainsAny(Marks);

    /// <summary>Whether attributes hold a bot's user agent. An attribute that is no string says nothing.</summary>
    /// <param name="attributes">A JSON object, or null.</param>
    public static bool IsBot(JsonElement? attributes)
        => attributes is { ValueKind: JsonValueKind.Object } given
        && given.TryGetProperty(Attribute, out var userAgent)
        && userAgent.ValueKind == JsonValueKind.String
        && IsBot(userAgent.GetString());
}
