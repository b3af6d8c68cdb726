using System.Text.Json;

namespace Bandstand.Experiments;

/// <summary>Writes a definition's fields in the contract's order with every default filled in.</summary>
internal static class ExperimentDefinitionWriter
{
    public static void Write(ExperimentDefinition definition, Utf8JsonWriter writer)
    {
        writer.WriteString("name", definition.Name);
        Optional(writer, "description", definition.Description);
        writer.WriteBoolean("start", definition.Start);
        writer.WriteNumber("shards", definition.Shards);
        writer.WriteStartArray("alternatives");
        foreach (var alternative in definition.Alternatives)
        {
            writer.WriteStartObject();
            writer.WriteString("key", alternative.Key);
            writer.WritePropertyName("value");
            writer.WriteRawValue(alternative.Value, skipInputValidation: true);
            writer.WriteNumber("weight", alternative.Weight);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("default", definition.Default);
        writer.WriteString("control", definition.Control);
        Metrics(definition, writer);
        Allocation(definition.Allocation, writer);
        Assignment(definition, writer);
        if (definition.Segments.Count > 0)
        {
            writer.WriteStartArray("segments");
            foreach (var segment in definition.Segments)
            {
                writer.WriteStringValue(segment);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartObject("scoring");
        Optional(writer, "method", definition.Scoring.Method);
        writer.WriteNumber("confidence", definition.Scoring.Confidence);
        Priors(definition, writer);
        writer.WriteEndObject();
        Ending(definition, writer);
    }

    private static void Priors(ExperimentDefinition definition, Utf8JsonWriter writer)
    {
        if (definition.Scoring.Prior is not { Count: > 0 } priors)
        {
            return;
        }

        writer.WriteStartObject("prior");
        foreach (var metric in definition.Metrics)
        {
            if (!priors.TryGetValue(metric.Id, out var prior))
            {
                continue;
            }

            writer.WriteStartObject(metric.Id);
            if (prior.Rate is { } rate)
            {
                writer.WriteNumber("alpha", rate.Alpha);
                writer.WriteNumber("beta", rate.Beta);
            }

            if (prior.Mean is { } mean)
            {
                writer.WriteNumber("mean", mean.Mean);
                writer.WriteNumber("stdDev", mean.StdDev);
                writer.WriteNumber("participants", mean.Participants);
                writer.WriteNumber("degreesOfFreedom", mean.DegreesOfFreedom);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Metrics(ExperimentDefinition definition, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("metrics");
        foreach (var metric in definition.Metrics)
        {
            writer.WriteStartObject();
            writer.WriteString("id", metric.Id);
            writer.WriteString("kind", Word(metric.Kind));
            writer.WriteString("goal", Word(metric.Goal));
            writer.WriteBoolean("primary", metric.Primary);
            Optional(writer, "numerator", metric.Rule?.Numerator);
            Optional(writer, "denominator", metric.Rule?.Denominator);
            Optional(writer, "cap", metric.Rule?.Cap);
            Optional(writer, "window", metric.Rule?.Window);
            Optional(writer, "covariate", metric.Rule?.Covariate);
            if (metric.Guardrail is { } guardrail)
            {
                writer.WriteStartObject("guardrail");
                writer.WriteNumber("margin", guardrail.Margin);
                writer.WriteNumber("alpha", guardrail.Alpha);
                writer.WriteString("action", guardrail.Action);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Allocation(AllocationDefinition allocation, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("allocation");
        switch (allocation)
        {
            case BanditAllocation bandit:
                writer.WriteString("policy", "bandit");
                writer.WriteString("algorithm", bandit.Algorithm);
                writer.WriteStartObject("every");
                Optional(writer, "assignments", bandit.EveryAssignments);
                Optional(writer, "period", bandit.EveryPeriod);
                writer.WriteEndObject();
                writer.WriteNumber("floor", bandit.Floor);
                writer.WriteNumber("burnIn", bandit.BurnIn);
                Optional(writer, "discount", bandit.Discount == 1 ? (double?)null : bandit.Discount);
                Optional(writer, "by", bandit.By);
                break;
            case TimestepAllocation timestep:
                writer.WriteString("policy", "timestep");
                Optional(writer, "period", timestep.Period);
                writer.WriteNumber("winnerShare", timestep.WinnerShare);
                writer.WriteString("decide", timestep.Decide);
                if (timestep.Decide == TimestepAllocation.Adaptive)
                {
                    writer.WriteNumber("certainty", timestep.Certainty);
                    writer.WriteNumber("spell", timestep.Spell);
                    break;
                }

                writer.WriteNumber("alpha", timestep.Alpha);
                writer.WriteString("test", timestep.Test);
                writer.WriteNumber("countMultiplier", timestep.CountMultiplier);
                break;
            default:
                writer.WriteString("policy", "fixed");
                break;
        }

        writer.WriteEndObject();
    }

    private static void Assignment(ExperimentDefinition definition, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("assignment");
        writer.WriteString("hash", definition.Assignment.Hash);
        writer.WriteString("seed", definition.Assignment.Seed);
        writer.WriteString("hashAttribute", definition.Assignment.HashAttribute);
        writer.WriteNumber("traffic", definition.Assignment.Traffic);
        writer.WriteEndObject();
        if (definition.Layer is { } layer)
        {
            writer.WriteStartObject("targeting");
            writer.WriteStartObject("layer");
            writer.WriteString("name", layer.Name);
            writer.WriteNumber("from", layer.From);
            writer.WriteNumber("to", layer.To);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void Ending(ExperimentDefinition definition, Utf8JsonWriter writer)
    {
        if (definition.CompleteWhen is { } when)
        {
            writer.WriteStartObject("completeWhen");
            Optional(writer, "probability", when.Probability);
            Optional(writer, "participants", when.Participants);
            Optional(writer, "perAlternative", when.PerAlternative);
            Optional(writer, "deadline", when.Deadline);
            Optional(writer, "valueRemaining", when.ValueRemaining);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("outcome");
        writer.WriteString("rule", definition.Outcome.Rule);
        if (definition.Outcome.Handicap is { Count: > 0 } handicap)
        {
            writer.WriteStartObject("handicap");
            foreach (var alternative in definition.Alternatives)
            {
                if (handicap.TryGetValue(alternative.Key, out var factor))
                {
                    writer.WriteNumber(alternative.Key, factor);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string Word(MetricKind kind) => kind switch
    {
        MetricKind.Conversion => "conversion",
        MetricKind.Count => "count",
        MetricKind.Ratio => "ratio",
        MetricKind.Retention => "retention",
        _ => "value",
    };

    private static string Word(MetricGoal goal) => goal == MetricGoal.Increase ? "increase" : "decrease";

    private static void Optional(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void Optional(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } given)
        {
            writer.WriteNumber(name, given);
        }
    }

    private static void Optional(Utf8JsonWriter writer, string name, long? number)
    {
        if (number is { } given)
        {
            writer.WriteNumber(name, given);
        }
    }

    private static void Optional(Utf8JsonWriter writer, string name, TimeSpan? duration)
        => Optional(writer, name, duration is { } given ? IsoDuration.Format(given) : null);
}
