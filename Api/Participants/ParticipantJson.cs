using System.Text.Json;
using Bandstand.Participants;

namespace Bandstand.Api;

/// <summary>What is held about somebody, and histories, as JSON.</summary>
internal static class ParticipantJson
{
    public static void Write(Utf8JsonWriter writer, ParticipantView view)
    {
        writer.WriteStartObject();
        writer.WriteString("identity"u8, view.Identity);
        writer.WriteEach("experiments"u8, view.Experiments, Write);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Participation participation)
    {
        writer.WriteStartObject();
        writer.WriteString("experiment"u8, participation.Experiment);
        writer.WriteString("alternative"u8, participation.Alternative);
        writer.WriteMaybe("epoch"u8, participation.Epoch);
        writer.WriteTime("assignedAt"u8, participation.AssignedAt);
        writer.WriteString("forced"u8, participation.Forced);
        writer.WriteNumber("held"u8, participation.Held);
        writer.WriteStartObject("totals"u8);
        foreach (var (metric, total) in participation.Totals)
        {
            writer.WriteNumber(metric, total);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("segments"u8);
        foreach (var (attribute, value) in participation.Segments)
        {
            writer.WriteString(attribute, value);
        }

        writer.WriteEndObject();
        if (participation.Covariates.Count > 0)
        {
            writer.WriteStartObject("covariates"u8);
            foreach (var (name, x) in participation.Covariates)
            {
                writer.WriteNumber(name, x);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
