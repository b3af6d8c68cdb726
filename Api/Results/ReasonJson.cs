using System.Text.Json;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>Why a score does not say something, as JSON.</summary>
internal static class ReasonJson
{
    /// <summary>By field, why a number is null; nothing where there is none.</summary>
    public static void Unavailable(Utf8JsonWriter writer, IReadOnlyList<UnavailableNumber> numbers)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("unavailable"u8);
        foreach (var number in numbers)
        {
            writer.WritePropertyName(number.Field);
            Why(writer, number.Code, number.Detail);
        }

        writer.WriteEndObject();
    }

    /// <summary>Why an object says nothing; nothing where it does.</summary>
    public static void Unavailable(Utf8JsonWriter writer, MissingReason? why)
    {
        if (why is not null)
        {
            writer.WritePropertyName("unavailable"u8);
            Why(writer, why.Code, why.Detail);
        }
    }

    /// <summary>A number that is left out, with how many more participants and days it takes.</summary>
    public static void Missing(Utf8JsonWriter writer, MissingReason missing)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, missing.Code);
        writer.WriteString("detail"u8, missing.Detail);
        writer.WriteGiven("participants"u8, missing.Participants);
        writer.WriteGiven("days"u8, missing.Days);
        writer.WriteEndObject();
    }

    private static void Why(Utf8JsonWriter writer, string code, string detail)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, code);
        writer.WriteString("detail"u8, detail);
        writer.WriteEndObject();
    }
}
