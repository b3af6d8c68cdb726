using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>What is told to a caller whose request was not done: a <see cref="Refusal"/>, or one of HTTP's own.</summary>
/// <param name="Status">The HTTP status, of the response and of the body.</param>
/// <param name="Code">A stable code, listed in docs/problems.md.</param>
/// <param name="Detail">What is wrong and the remedy.</param>
internal sealed record Problem(int Status, string Code, string Detail)
{
    /// <summary>What is wrong by JSON path.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Of an endless body: lines that were read and applied before it failed, and what became of them.</summary>
    public Bandstand.Events.EventReceipt? Applied { get; init; }

    /// <summary>The last line that was applied.</summary>
    public long AppliedLines { get; init; }

    public static readonly Problem KeyMissing = new(401, "key-missing", "This needs a key: send it as Authorization: Bearer KEY or ?key=KEY.");

    public static readonly Problem KeyWrong = new(401, "key-wrong", "This key is not known here. Check it against the server's keys.");

    public static readonly Problem KeyNotAllowed = new(403, "key-not-allowed", "The client key may assign and send events only. Use the admin key.");

    public static readonly Problem RouteNotFound = new(404, "route-not-found", "There is nothing at this path. /openapi/v1.json lists what there is.");

    public static readonly Problem AddressTooLong = new(414, "address-too-long", $"The address has more than {Edge.MaxAddress} characters. Shorten what is in its path and query.");

    public static readonly Problem BodyTimeout = new(408, "body-timeout", "The body stopped arriving. Send the same again.");

    public static readonly Problem BodyBroken = new(400, "body-broken", "The body ended before it was whole or is not valid HTTP. Send the same again.");

    public static readonly Problem Stopping = new(503, "stopping", "The server is stopping. Send the same again.");

    public static readonly Problem Internal = new(500, "internal-error", "Something failed in the server; its log says what. Nothing that was acknowledged is lost.");

    public static readonly Problem ExperimentDamaged = new(503, "experiment-damaged", "What is stored of this experiment is damaged; it does not serve. The server's log says what; all others serve.");

    /// <summary>What the server's HTTP layer says of a broken request.</summary>
    public static Problem From(BadHttpRequestException error) => error.StatusCode switch
    {
        408 => BodyTimeout,
        413 => new(413, "body-too-large", "The body is larger than this server takes. Send it in smaller parts."),
        _ => BodyBroken,
    };

    /// <summary>The store cannot be reached; its own words stay in the log.</summary>
    public static Problem From(JournalUnavailableException error) =>
        new(503, error.Code, "What is needed cannot be stored or read now. Send the same again.");

    public static Problem MethodNotAllowed(string allowed) => new(405, "method-not-allowed", $"Here only {allowed} can be used.");

    public static Problem BodyTooLarge(long limit) => new(413, "body-too-large", $"The body has more than {limit} bytes. Send it in smaller parts.");

    public static Problem ContentType(string expected) => new(415, "content-type-unsupported", $"Set Content-Type to {expected} (in UTF-8).");

    public static readonly Problem ContentEncoding = new(415, "content-encoding-unsupported", "A body can be sent as it is or with Content-Encoding: gzip.");

    public static readonly Problem Compression = new(400, "body-broken", "The body says it is gzip but cannot be inflated. Compress it again.");

    public static readonly Problem Overloaded = new(429, "overloaded", "More is under way than is taken at once. Wait as Retry-After says, then send the same again.");
}
