using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Ports;

namespace Bandstand.Api;

/// <summary>The body of an assignment request: about one identity or many.</summary>
/// <param name="Identity">The one, or null when there are many.</param>
/// <param name="Identities">The many, or null.</param>
/// <param name="Attributes">What is known of them.</param>
/// <param name="Record">False: only look.</param>
internal readonly record struct AssignmentBody(string? Identity, List<string>? Identities, JsonElement? Attributes, bool Record)
{
    /// <summary>The one question.</summary>
    public AssignmentRequest One => new(Identity!, Attributes, Record);

    /// <summary>The many questions.</summary>
    public IReadOnlyList<AssignmentRequest> Many
    {
        get
        {
            var requests = new AssignmentRequest[Identities!.Count];
            for (var i = 0; i < requests.Length; i++)
            {
                requests[i] = new(Identities[i], Attributes, Record);
            }

            return requests;
        }
    }

    private static readonly string[] Names = ["identity", "attributes", "record", "identities"];

    public static Answer<AssignmentBody> Parse(ReadOnlySpan<byte> text, int maxIdentities)
    {
        string? identity = null;
        List<string>? identities = null;
        JsonElement? attributes = null;
        var record = true;
        var fields = new JsonFields(text, Names);
        while (fields.Next())
        {
            switch (fields.Index)
            {
                case 0:
                    identity = fields.Text(isIdentity: true);
                    break;
                case 1:
                    attributes = fields.Object();
                    break;
                case 2:
                    record = fields.Flag();
                    break;
                default:
                    identities = fields.Identities(maxIdentities);
                    break;
            }
        }

        if (fields.Fault is { } fault)
        {
            return fault;
        }

        return (identity is null) == (identities is null)
            ? JsonFields.Missing("$.identity", "Give either identity or identities.")
            : new AssignmentBody(identity, identities, attributes, record);
    }
}
