using System.Text.Json;
using Bandstand.Experiments;

namespace Bandstand.Api;

/// <summary>Who takes part by segment, as JSON.</summary>
internal static class SegmentJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<SegmentView> segments)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("segments"u8);
        foreach (var segment in segments)
        {
            writer.WriteStartObject();
            writer.WriteString("attribute"u8, segment.Attribute);
            writer.WriteStartArray("values"u8);
            foreach (var value in segment.Values)
            {
                Write(writer, value);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SegmentValueView value)
    {
        writer.WriteStartObject();
        writer.WriteString("value"u8, value.Value);
        writer.WriteNumber("participants"u8, value.Participants);
        writer.WriteStartObject("alternatives"u8);
        foreach (var (key, participants) in value.Alternatives)
        {
            writer.WriteNumber(key, participants);
        }

        writer.WriteEndObject();
        writer.WritePropertyName("sampleRatio"u8);
        ScoreJson.Write(writer, value.SampleRatio);
        writer.WriteEndObject();
    }
}
