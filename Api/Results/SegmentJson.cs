using System.Text.Json;
using Bandstand.Experiments;

namespace Bandstand.Api;

/// <summary>Who takes part by segment, as JSON.</summary>
internal static class SegmentJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<SegmentView> segments)
    {
        writer.WriteStartObject();
        writer.WriteObjects("segments"u8, segments, static (writer, segment) =>
        {
            writer.WriteString("attribute"u8, segment.Attribute);
            writer.WriteEach("values"u8, segment.Values, Write);
        });
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
