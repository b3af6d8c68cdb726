using System.Text.Json;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>Conclusions as JSON.</summary>
internal static class ConclusionJson
{
    /// <summary>The claims of a conclusion.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Claim> claims)
    {
        writer.WriteStartObject();
        writer.WriteObjects("claims"u8, claims, static (writer, claim) =>
        {
            writer.WriteString("code"u8, claim.Code);
            Write(writer, claim.Args);
            writer.WriteString("text"u8, claim.Text);
        });
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ClaimArgs args)
    {
        writer.WriteStartObject("args"u8);
        if (args.Participants is { } participants)
        {
            writer.WriteNumber("participants"u8, participants);
        }

        writer.WriteGiven("alternative"u8, args.Alternative);
        writer.WriteGiven("rate"u8, args.Rate);
        writer.WriteGiven("mean"u8, args.Mean);
        writer.WriteGiven("over"u8, args.Over);
        writer.WriteGiven("lead"u8, args.Lead);
        writer.WriteGiven("probability"u8, args.Probability);
        writer.WriteGiven("pValue"u8, args.PValue);
        writer.WriteEndObject();
    }
}
