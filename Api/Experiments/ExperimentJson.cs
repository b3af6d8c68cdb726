using System.Text.Json;
using Bandstand.Experiments;

namespace Bandstand.Api;

/// <summary>Experiments, decisions and epochs as JSON.</summary>
internal static class ExperimentJson
{
    /// <summary>
    /// The definition's fields and the state beside them. <c>outcome</c> is the key that everybody gets; the definition's own
    /// field of that name is <c>outcomeRule</c> here.
    /// </summary>
    public static void Write(Utf8JsonWriter writer, ExperimentView view)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, view.Definition.Id);
        using (var definition = JsonDocument.Parse(ExperimentDefinitionJson.Canonical(view.Definition)))
        {
            foreach (var field in definition.RootElement.EnumerateObject())
            {
                writer.WritePropertyName(field.NameEquals("outcome"u8) ? "outcomeRule" : field.Name);
                field.Value.WriteTo(writer);
            }
        }

        writer.WriteString("status"u8, Word(view.Status));
        Weights(writer, view.Weights);
        writer.WriteNumber("epoch"u8, view.Epoch);
        writer.WriteNumber("generation"u8, view.Generation);
        writer.WriteTime("createdAt"u8, view.CreatedAt);
        writer.WriteTime("startedAt"u8, view.StartedAt);
        writer.WriteTime("completedAt"u8, view.CompletedAt);
        writer.WriteString("outcome"u8, view.Outcome);
        writer.WriteWarnings(view.Warnings);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Decision decision)
    {
        writer.WriteStartObject();
        writer.WriteNumber("number"u8, decision.Number);
        writer.WriteTime("at"u8, decision.At);
        writer.WriteString("kind"u8, decision.Kind);
        writer.WriteString("reason"u8, decision.Reason);
        writer.WriteNumber("epoch"u8, decision.Epoch);
        if (decision.Weights is { } weights)
        {
            Weights(writer, weights);
        }
        else
        {
            writer.WriteNull("weights"u8);
        }

        if (decision.Before is { } before)
        {
            Weights(writer, before, "before");
        }

        if (decision.Settings is { } settings)
        {
            Write(writer, settings);
        }

        writer.WriteString("winner"u8, decision.Winner);
        if (decision.Figures is { } figures)
        {
            writer.WriteEach("figures"u8, figures, Write);
        }
        else
        {
            writer.WriteNull("figures"u8);
        }

        if (decision.Segments is { } segments)
        {
            writer.WriteObjects("segments"u8, segments, static (writer, segment) =>
            {
                writer.WriteString("segment"u8, segment.Segment);
                Weights(writer, segment.Weights);
                writer.WriteEach("figures"u8, segment.Figures, Write);
            });
        }

        if (decision.Guardrail is { } trip)
        {
            Write(writer, trip);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Epoch epoch)
    {
        writer.WriteStartObject();
        writer.WriteNumber("number"u8, epoch.Number);
        writer.WriteTime("from"u8, epoch.From);
        Weights(writer, epoch.Weights);
        writer.WriteString("reason"u8, epoch.Reason);
        writer.WriteNumber("decision"u8, epoch.Decision);
        if (epoch.Segment is { } segment)
        {
            writer.WriteString("segment"u8, segment);
        }

        writer.WriteEndObject();
    }

    public static string Word(ExperimentStatus status) => status switch
    {
        ExperimentStatus.Draft => "draft",
        ExperimentStatus.Running => "running",
        ExperimentStatus.Disabled => "disabled",
        _ => "completed",
    };

    private static void Write(Utf8JsonWriter writer, DecisionFigure figure)
    {
        writer.WriteStartObject();
        writer.WriteString("alternative"u8, figure.Alternative);
        writer.WriteNumber("participants"u8, figure.Participants);
        writer.WriteNumber("converted"u8, figure.Converted);
        writer.WriteMaybe("mean"u8, figure.Mean);
        Maybe(writer, "stdDev"u8, figure.StdDev);
        writer.WriteMaybe("probabilityBest"u8, figure.ProbabilityBest);
        if (figure.Believed is { } believed)
        {
            writer.WriteStartObject("believed"u8);
            writer.WriteNumber("participants"u8, believed.Participants);
            writer.WriteNumber("mean"u8, believed.Mean);
            Maybe(writer, "stdDev"u8, believed.StdDev);
            Maybe(writer, "degreesOfFreedom"u8, believed.DegreesOfFreedom);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, RebalanceSettings settings)
    {
        writer.WriteStartObject("settings"u8);
        writer.WriteNumber("definition"u8, settings.Definition);
        writer.WriteString("metric"u8, settings.Metric);
        writer.WriteString("kind"u8, settings.Kind switch
        {
            MetricKind.Conversion => "conversion",
            MetricKind.Count => "count",
            MetricKind.Ratio => "ratio",
            MetricKind.Retention => "retention",
            _ => "value",
        });
        writer.WriteString("goal"u8, settings.Goal == MetricGoal.Increase ? "increase" : "decrease");
        writer.WriteString("algorithm"u8, settings.Algorithm);
        writer.WriteNumber("floor"u8, settings.Floor);
        writer.WriteNumber("burnIn"u8, settings.BurnIn);
        writer.WriteNumber("discount"u8, settings.Discount);
        writer.WriteString("by"u8, settings.By);
        if (settings.Prior is { } prior)
        {
            writer.WriteStartObject("prior"u8);
            Maybe(writer, "alpha"u8, prior.Rate?.Alpha);
            Maybe(writer, "beta"u8, prior.Rate?.Beta);
            Maybe(writer, "mean"u8, prior.Mean?.Mean);
            Maybe(writer, "stdDev"u8, prior.Mean?.StdDev);
            Maybe(writer, "participants"u8, prior.Mean?.Participants);
            Maybe(writer, "degreesOfFreedom"u8, prior.Mean?.DegreesOfFreedom);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("prior"u8);
        }

        writer.WriteEndObject();
    }

    /// <summary>A number, or nothing at all.</summary>
    private static void Maybe(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? number)
    {
        if (number is { } given)
        {
            writer.WriteNumber(name, given);
        }
    }

    private static void Write(Utf8JsonWriter writer, GuardTrip trip)
    {
        writer.WriteStartObject("guardrail"u8);
        writer.WriteString("metric"u8, trip.Metric);
        writer.WriteString("alternative"u8, trip.Alternative);
        writer.WriteString("action"u8, trip.Action);
        writer.WriteNumber("margin"u8, trip.Margin);
        writer.WriteNumber("alpha"u8, trip.Alpha);
        writer.WriteNumber("harm"u8, trip.Harm);
        writer.WriteNumber("eValue"u8, trip.EValue);
        writer.WriteNumber("needed"u8, trip.Needed);
        writer.WriteEndObject();
    }

    private static void Weights(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, int>> weights, string name = "weights")
    {
        writer.WriteStartObject(name);
        foreach (var (key, weight) in weights)
        {
            writer.WriteNumber(key, weight);
        }

        writer.WriteEndObject();
    }
}
