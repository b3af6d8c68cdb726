using System.Globalization;
using System.Text.Json;
using Bandstand.Participants;

namespace Bandstand.Api;

/// <summary>Histories and metrics as JSON.</summary>
internal static class HistoryJson
{
    public static void Write(Utf8JsonWriter writer, string experiment, in ShardHealth health)
    {
        writer.WriteStartObject();
        writer.WriteString("experiment"u8, experiment);
        writer.WriteNumber("conflicts"u8, health.Conflicts);
        writer.WriteNumber("held"u8, health.Held);
        writer.WriteNumber("heldEver"u8, health.HeldEver);
        writer.WriteNumber("heldDropped"u8, health.HeldDropped);
        writer.WriteNumber("forced"u8, health.Forced);
        writer.WriteNumber("ids"u8, health.Ids);
        writer.WriteNumber("producersDropped"u8, health.ProducersDropped);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, HistoryView history)
    {
        writer.WriteStartObject();
        writer.WriteString("experiment"u8, history.Experiment);
        writer.WriteString("by"u8, history.Unit == HistoryUnit.Hour ? "hour"u8 : "day"u8);
        writer.WriteObjects("points"u8, history.Points, static (writer, point) =>
        {
            writer.WriteTime("from"u8, point.From);
            writer.WriteString("alternative"u8, point.Alternative);
            writer.WriteNumber("participants"u8, point.Participants);
            writer.WriteObjects("metrics"u8, point.Metrics, static (writer, metric) =>
            {
                writer.WriteString("metric"u8, metric.Metric);
                writer.WriteNumber("converted"u8, metric.Converted);
                writer.WriteMaybe("conversions"u8, metric.Conversions);
                writer.WriteMaybe("total"u8, metric.Total);
            });
        });
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, MetricView metric)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, metric.Id);
        writer.WriteStartArray("experiments"u8);
        foreach (var experiment in metric.Experiments)
        {
            writer.WriteStringValue(experiment);
        }

        writer.WriteEndArray();
        writer.WriteTime("lastEventAt"u8, metric.LastEventAt);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, string metric, IReadOnlyList<MetricDay> days)
    {
        writer.WriteStartObject();
        writer.WriteString("metric"u8, metric);
        writer.WriteObjects("days"u8, days, static (writer, day) =>
        {
            writer.WriteString("day"u8, day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            writer.WriteNumber("events"u8, day.Events);
            writer.WriteMaybe("total"u8, day.Total);
        });
        writer.WriteEndObject();
    }
}
