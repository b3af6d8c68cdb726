using System.Text.Json;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Planning;

/// <summary>A plan as JSON, the same over HTTP and from the command line. Thread-safe.</summary>
public static class PowerAnswerJson
{
    /// <summary>Writes one object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="answer">The plan.</param>
    public static void Write(Utf8JsonWriter writer, PowerAnswer answer)
    {
        var design = answer.Design;
        writer.WriteStartObject();
        writer.WriteString("solved"u8, answer.Solved);
        writer.WriteString("method"u8, design.Method.Name());
        writer.WriteString("kind"u8, answer.Kind.ToString().ToLowerInvariant());
        Number(writer, "baseline"u8, design.Baseline);
        Number(writer, "stdDev"u8, design.IsProportion ? null : design.StandardDeviation);
        Number(writer, "eventShare"u8, design.IsProportion ? null : design.EventShare);
        Number(writer, "difference"u8, answer.Difference);
        Number(writer, "lift"u8, answer.Lift);
        Number(writer, "alpha"u8, design.Alpha);
        writer.WriteNumber("comparisons"u8, design.Comparisons);
        Number(writer, "alphaOfEach"u8, design.AlphaOfEach);
        Number(writer, "power"u8, answer.Power);
        Number(writer, "participants"u8, answer.Participants);
        writer.WriteStartArray("alternatives"u8);
        foreach (var alternative in answer.Alternatives)
        {
            writer.WriteStartObject();
            writer.WriteString("alternative"u8, alternative.Key);
            Number(writer, "share"u8, alternative.Share);
            Number(writer, "participants"u8, alternative.Participants);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Number(writer, "medianParticipants"u8, answer.MedianParticipants);
        Number(writer, "fixedParticipants"u8, answer.FixedParticipants);
        Number(writer, "perDay"u8, answer.PerDay);
        Number(writer, "days"u8, answer.Days);
        Number(writer, "present"u8, answer.Present);
        Number(writer, "daysLeft"u8, answer.DaysLeft);
        writer.WriteStartArray("warnings"u8);
        foreach (var warning in answer.Warnings)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, warning.Code);
            writer.WriteString("path"u8, warning.Path);
            writer.WriteString("detail"u8, warning.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } given && double.IsFinite(given))
        {
            writer.WriteNumber(name, given);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
