using System.Globalization;
using Bandstand.Events;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Reads who sends a batch: header <c>Bandstand-Producer: NAME/SEQUENCE</c>, or <c>?producer=</c> where headers cannot be set.</summary>
internal static class Producers
{
    public const string Header = "Bandstand-Producer";

    private const int MaxNameLength = 128;

    private static readonly Refusal Unreadable = JsonFields.Refuse(
        RefusalKind.Malformed,
        "invalid-producer",
        Header,
        "This must be NAME/SEQUENCE: a name of 1 to 128 characters, a slash, and a whole number from 0 that grows by one a batch. Give it once, as a header or as ?producer=.");

    public static Answer<ProducerSequence?> Of(HttpRequest request)
    {
        var header = request.Headers[Header];
        var query = request.QueryString.HasValue ? request.Query["producer"] : default;
        if (header.Count + query.Count == 0)
        {
            return (ProducerSequence?)null;
        }

        var text = header.Count > 0 ? header.ToString() : query.ToString();
        var slash = text.LastIndexOf('/');
        return header.Count + query.Count == 1
            && slash is > 0 and <= MaxNameLength
            && long.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new ProducerSequence(text[..slash], sequence)
            : Unreadable;
    }
}
