using Bandstand.Ports;

namespace Bandstand.Assignment;

/// <summary>The rule for many assignments in one request. Thread-safe.</summary>
public static class AssignmentRequests
{
    /// <summary>The most identities in one request.</summary>
    public const int Most = 10_000;

    /// <summary>Why the request is refused as a whole, or null. All are checked before any is assigned: a refused request changes nothing.</summary>
    /// <param name="requests">The requests, in order.</param>
    public static Refusal? Check(IReadOnlyList<AssignmentRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count > Most)
        {
            return new Refusal(RefusalKind.TooLarge, "too-many-identities", $"{requests.Count} identities in one request; at most {Most} are answered. Send several requests.");
        }

        for (var number = 0; number < requests.Count; number++)
        {
            if (Identity.Check(requests[number].Identity) is { } wrong)
            {
                return wrong with { Errors = [new FieldError($"$.identities[{number}]", wrong.Code, wrong.Detail)] };
            }
        }

        return null;
    }
}
