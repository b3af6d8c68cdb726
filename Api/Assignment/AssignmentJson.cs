using System.Text.Json;
using Bandstand.Assignment;

namespace Bandstand.Api;

/// <summary>Assignments as JSON.</summary>
internal static class AssignmentJson
{
    private static readonly JsonEncodedText[] Reasons = [.. Enum.GetValues<AssignmentReason>().Select(r => JsonEncodedText.Encode(Word(r)))];
    private static readonly JsonEncodedText Experiment = JsonEncodedText.Encode("experiment");
    private static readonly JsonEncodedText Identity = JsonEncodedText.Encode("identity");
    private static readonly JsonEncodedText Alternative = JsonEncodedText.Encode("alternative");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText New = JsonEncodedText.Encode("new");
    private static readonly JsonEncodedText Epoch = JsonEncodedText.Encode("epoch");
    private static readonly JsonEncodedText Probability = JsonEncodedText.Encode("probability");
    private static readonly JsonEncodedText Fingerprint = JsonEncodedText.Encode("fingerprint");

    public static void Write(Utf8JsonWriter writer, AssignmentResult result) => Write(writer, in result);

    public static void Write(Utf8JsonWriter writer, in AssignmentResult result)
    {
        writer.WriteStartObject();
        writer.WriteString(Experiment, result.Experiment);
        writer.WriteString(Identity, result.Identity);
        writer.WriteString(Alternative, result.Alternative);
        writer.WritePropertyName(Value);
        writer.WriteRawValue(result.Value, skipInputValidation: true);
        writer.WriteString(Reason, Reasons[(int)result.Reason]);
        writer.WriteBoolean(New, result.New);
        if (result.Epoch is { } epoch)
        {
            writer.WriteNumber(Epoch, epoch);
        }
        else
        {
            writer.WriteNull(Epoch);
        }

        if (result.Probability is { } probability)
        {
            writer.WriteNumber(Probability, probability);
        }
        else
        {
            writer.WriteNull(Probability);
        }

        writer.WriteString(Fingerprint, result.Fingerprint);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<AssignmentResult> results)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("assignments"u8);
        for (var i = 0; i < results.Count; i++)
        {
            Write(writer, results[i]);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static string Word(AssignmentReason reason) => reason switch
    {
        AssignmentReason.Completed => "completed",
        AssignmentReason.Disabled => "disabled",
        AssignmentReason.Forced => "forced",
        AssignmentReason.Filtered => "filtered",
        AssignmentReason.Sticky => "sticky",
        AssignmentReason.NotTargeted => "not-targeted",
        AssignmentReason.Excluded => "excluded",
        AssignmentReason.NotInTraffic => "not-in-traffic",
        AssignmentReason.Assigned => "assigned",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Every reason has a word."),
    };
}
