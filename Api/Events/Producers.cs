using Bandstand.Events;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Reads who sends a batch: header <c>Bandstand-Producer: NAME/SEQUENCE</c>, or <c>?producer=</c> where headers cannot be set.</summary>
internal static class Producers
{
    public const string Header = "Bandstand-Producer";

    private static readonly Refusal Twice = JsonFields.Refuse(
        RefusalKind.Malformed, "invalid-producer", Header, "The producer is given more than once. Give it once, as a header or as ?producer=.");

    public static Answer<ProducerSequence?> Of(HttpRequest request)
    {
        var header = request.Headers[Header];
        var query = request.QueryString.HasValue ? request.Query["producer"] : default;
        return (header.Count + query.Count) switch
        {
            0 => (ProducerSequence?)null,
            1 => ProducerSequence.Parse(header.Count > 0 ? header.ToString() : query.ToString()).Map(producer => (ProducerSequence?)producer),
            _ => Twice,
        };
    }
}
