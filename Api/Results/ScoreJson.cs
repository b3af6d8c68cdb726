using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Statistics.Scoring;

namespace Bandstand.Api;

/// <summary>Scores as JSON.</summary>
internal static class ScoreJson
{
    public static void Write(Utf8JsonWriter writer, ScoreReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("method"u8, report.Method.Name());
        writer.WriteString("metric"u8, report.Metric);
        writer.WriteGiven("segment"u8, report.Segment);
        writer.WriteNumber("participants"u8, report.Participants);
        writer.WriteNumber("epoch"u8, report.Epoch);
        writer.WriteTime("asOf"u8, report.AsOf);
        writer.WriteString("control"u8, report.Control);
        writer.WriteEach("alternatives"u8, report.Alternatives, ScoreRowJson.Write);
        writer.WriteString("base"u8, report.Base);
        writer.WriteString("best"u8, report.Best);
        writer.WriteString("least"u8, report.Least);
        writer.WriteString("choice"u8, report.Choice);
        writer.WriteMaybe("bestPValue"u8, report.BestPValue);
        if (report.Adjustment is { } adjustment)
        {
            writer.WriteStartObject("adjustment"u8);
            writer.WriteString("covariate"u8, adjustment.Covariate);
            writer.WriteMaybe("coverage"u8, adjustment.Coverage);
            writer.WriteMaybe("theta"u8, adjustment.Theta);
            ReasonJson.Unavailable(writer, adjustment.Unavailable);
            writer.WriteEndObject();
        }

        writer.WriteNumber("questions"u8, report.Questions);
        writer.WritePropertyName("sampleRatio"u8);
        Write(writer, report.SampleRatio);
        writer.WriteEach("guardrails"u8, report.Guardrails, Write);
        if (report.Epochs is { } epochs)
        {
            writer.WriteEach("epochs"u8, epochs, AdaptiveJson.Write);
        }

        writer.WriteStartObject("valueRemaining"u8);
        writer.WriteMaybe("value"u8, report.ValueRemaining.Value);
        ReasonJson.Unavailable(writer, report.ValueRemaining.Unavailable);
        writer.WriteEndObject();
        writer.WriteEach("missing"u8, report.Missing, ReasonJson.Missing);
        writer.WriteWarnings(report.Warnings);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, SampleRatio ratio)
    {
        writer.WriteStartObject();
        writer.WriteMaybe("pValue"u8, ratio.PValue);
        writer.WriteBoolean("mismatch"u8, ratio.Mismatch);
        ReasonJson.Unavailable(writer, ratio.Unavailable);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, GuardReading reading)
    {
        writer.WriteStartObject();
        writer.WriteString("metric"u8, reading.Metric.Id);
        writer.WriteString("alternative"u8, reading.Alternative);
        writer.WriteNumber("margin"u8, reading.Guardrail.Margin);
        writer.WriteNumber("alpha"u8, reading.Guardrail.Alpha);
        writer.WriteString("action"u8, reading.Guardrail.Action);
        writer.WriteMaybe("harm"u8, reading.Harm);
        writer.WriteMaybe("eValue"u8, reading.EValue);
        writer.WriteNumber("needed"u8, reading.Needed);
        writer.WriteString("guarantee"u8, reading.Guarantee);
        writer.WriteBoolean("tripped"u8, reading.Trip is not null);
        writer.WriteEndObject();
    }
}
