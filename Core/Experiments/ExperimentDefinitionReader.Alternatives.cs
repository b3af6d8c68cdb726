using System.Globalization;
using System.Text;
using System.Text.Json;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics;

namespace Bandstand.Experiments;

/// <summary>Alternatives and metrics.</summary>
internal sealed partial class ExperimentDefinitionReader
{
    private List<AlternativeDefinition> Alternatives(JsonFields fields)
    {
        if (!fields.Has("alternatives"))
        {
            return [new("false", "false"), new("true", "true")];
        }

        if (fields.Array("alternatives") is not { } elements)
        {
            keysUnread = true;
            return [];
        }

        if (elements.Count is < DefinitionLimits.FewestAlternatives or > DefinitionLimits.MostAlternatives)
        {
            errors.Invalid(fields.PathOf("alternatives"), ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"The number of alternatives is {elements.Count}. Give 2 to 256, or leave the field out for false and true."));
        }

        var alternatives = new List<AlternativeDefinition>(elements.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < elements.Count; i++)
        {
            if (JsonFields.Open(elements[i], string.Create(CultureInfo.InvariantCulture, $"$.alternatives[{i}]"), errors) is { } alternative
                && Alternative(alternative, seen) is { } read)
            {
                alternatives.Add(read);
            }
            else
            {
                keysUnread = true;
            }
        }

        return alternatives;
    }

    private AlternativeDefinition? Alternative(JsonFields fields, HashSet<string> seen)
    {
        var key = Required(fields, "key", "Give every alternative a key.") ? fields.Text("key", DefinitionLimits.KeyLength) : null;
        if (key is not null && !seen.Add(key))
        {
            errors.Invalid(fields.PathOf("key"), ExperimentCodes.DuplicateKey, $"Another alternative has the key '{key}' already. Keys are unique within an experiment.");
        }

        var raw = fields.Raw("value");
        var weight = fields.Number("weight", n => n is > 0 and <= DefinitionLimits.GreatestWeight, "over 0 and at most 1e9; leave an alternative out, or close it later with PUT …/weights, to give it nothing") ?? 1;
        fields.Close();
        if (key is null)
        {
            return null;
        }

        var value = raw.ValueKind == JsonValueKind.Undefined ? ExperimentDefinitionJson.Quote(key) : ExperimentDefinitionJson.Minimal(raw);
        if (Encoding.UTF8.GetByteCount(value) > DefinitionLimits.ValueBytes)
        {
            errors.Invalid(fields.PathOf("value"), ExperimentCodes.TooLarge, "The value has more than 65 536 bytes of JSON. Store it elsewhere and give a reference to it.");
        }

        return new AlternativeDefinition(key, value, weight);
    }

    private List<MetricDefinition> Metrics(JsonFields fields)
    {
        if (!fields.Has("metrics"))
        {
            warnings.Add(new Warning(ExperimentCodes.MetricsAssumed, "$.metrics", $"No metrics were given: one conversion metric, '{id}', is counted. Give \"metrics\" to choose."));
            return [new MetricDefinition(id, MetricKind.Conversion, Primary: true)];
        }

        if (fields.Array("metrics") is not { } elements)
        {
            return [];
        }

        if (elements.Count is < 1 or > DefinitionLimits.MostMetrics)
        {
            errors.Invalid(fields.PathOf("metrics"), ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"There are {elements.Count} metrics. Give 1 to {DefinitionLimits.MostMetrics}, or leave the field out."));
        }

        var metrics = new List<MetricDefinition>(elements.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < elements.Count; i++)
        {
            if (JsonFields.Open(elements[i], string.Create(CultureInfo.InvariantCulture, $"$.metrics[{i}]"), errors) is { } metric
                && Metric(metric, seen, metrics.Any(m => m.Primary)) is { } read)
            {
                metrics.Add(read);
            }
        }

        if (metrics.Count == elements.Count)
        {
            CheckParts(metrics);
            MakePrimary(fields, metrics);
        }

        return metrics;
    }

    /// <summary>Where none is marked, the first that is no guardrail decides.</summary>
    private void MakePrimary(JsonFields fields, List<MetricDefinition> metrics)
    {
        var first = metrics.FindIndex(m => m.Guardrail is null);
        if (metrics.Count == 0 || metrics.Any(m => m.Primary))
        {
            return;
        }

        if (first < 0)
        {
            errors.Invalid(fields.PathOf("metrics"), ExperimentCodes.GuardrailPrimary, "Every metric is a guardrail, so none is left to decide by. Add the metric that the experiment is about, or remove \"guardrail\" from one.");
            return;
        }

        metrics[first] = metrics[first] with { Primary = true };
    }

    private GuardrailDefinition? Guardrail(JsonFields fields, bool isConversion)
    {
        if (!fields.Has("guardrail") || fields.Raw("guardrail").ValueKind == JsonValueKind.False)
        {
            return null;
        }

        if (fields.Raw("guardrail").ValueKind == JsonValueKind.True)
        {
            return new GuardrailDefinition();
        }

        if (fields.Raw("guardrail").ValueKind != JsonValueKind.Object)
        {
            errors.WrongType(fields.PathOf("guardrail"), "true, false or an object with margin, alpha and action", fields.Raw("guardrail"));
            return null;
        }

        var guardrail = fields.Object("guardrail")!;
        var margin = isConversion
            ? guardrail.Number("margin", n => n is >= 0 and < 1, "from 0 to under 1, a difference of rates: 0.02 allows 2 percent of the participants more or fewer")
            : guardrail.Number("margin", n => n is >= 0 and <= 1e12, "from 0 to 1e12, in the metric's unit per participant");
        var alpha = guardrail.Number("alpha", n => n is > 0 and < 0.5, "over 0 and under 0.5, such as 0.01");
        var action = guardrail.OneOf("action", GuardrailDefinition.Drop, GuardrailDefinition.Disable, GuardrailDefinition.MoveToDefault);
        guardrail.Close();
        return new GuardrailDefinition(margin ?? 0, alpha ?? GuardrailDefinition.UsualAlpha, action ?? GuardrailDefinition.Drop);
    }

    private MetricDefinition? Metric(JsonFields fields, HashSet<string> seen, bool hasPrimary)
    {
        var metric = Required(fields, "id", "Give every metric an id.") ? fields.Text("id", DefinitionLimits.MetricLength) : null;
        if (metric is not null && !seen.Add(metric))
        {
            errors.Invalid(fields.PathOf("id"), ExperimentCodes.DuplicateKey, $"Another metric has the id '{TextRules.Shorten(metric)}' already. List each metric once.");
        }

        if (metric is not null && Encoding.UTF8.GetByteCount(metric) > DefinitionLimits.MetricBytes)
        {
            errors.Invalid(fields.PathOf("id"), ExperimentCodes.InvalidText, "The id has more than 256 bytes of UTF-8. Use a shorter one.");
        }

        var kind = fields.OneOf("kind", "conversion", "count", "value", "ratio", "retention");
        var isRatio = kind is "ratio" or "retention";
        var goal = fields.OneOf("goal", "increase", "decrease");
        var primary = fields.Flag("primary") ?? false;
        if (primary && hasPrimary)
        {
            errors.Invalid(fields.PathOf("primary"), ExperimentCodes.SeveralPrimaries, "Another metric is marked as primary already. Mark one.");
        }

        var rule = Rule(fields, kind);
        var guardrail = Guardrail(fields, kind is null or "conversion");
        if (isRatio && guardrail is not null)
        {
            errors.Invalid(fields.PathOf("guardrail"), ExperimentCodes.WrongKind, "Only conversions, counts and values can be guarded. Guard what stands above or below the line as a metric of its own.");
        }

        if (primary && guardrail is not null)
        {
            errors.Invalid(fields.PathOf("guardrail"), ExperimentCodes.GuardrailPrimary, "The primary metric cannot be a guardrail: a guardrail only watches for harm. Mark another metric as primary, or remove \"guardrail\".");
        }

        fields.Close();
        return metric is null
            ? null
            : new MetricDefinition(
                metric,
                kind switch
                {
                    "count" => MetricKind.Count,
                    "value" => MetricKind.Value,
                    "ratio" => MetricKind.Ratio,
                    "retention" => MetricKind.Retention,
                    _ => MetricKind.Conversion,
                },
                goal == "decrease" ? MetricGoal.Decrease : MetricGoal.Increase,
                primary,
                guardrail)
            {
                Rule = rule is { IsEmpty: false } ? rule : null,
            };
    }

    /// <summary>What a metric does beyond adding up its events.</summary>
    private MetricRule Rule(JsonFields fields, string? kind)
    {
        var cap = fields.Number("cap", n => n is > 0 and <= Moments.MaxMagnitude, "over 0 and at most 1e140");
        if (cap is not null && kind is not ("count" or "value"))
        {
            errors.Invalid(fields.PathOf("cap"), ExperimentCodes.WrongKind, "Only counts and values can be capped: a participant's conversion is 0 or 1 already, and a ratio has no total. Remove the field, or use the kind count or value.");
        }

        var covariate = fields.Text("covariate", DefinitionLimits.MetricLength);
        if (covariate is not null && kind is "ratio" or "retention")
        {
            errors.Invalid(fields.PathOf("covariate"), ExperimentCodes.WrongKind, "Ratios and retention cannot be adjusted by a covariate. Remove the field, or use the kind conversion, count or value.");
        }

        var (numerator, denominator) = Line(fields, kind);
        return new MetricRule { Cap = cap, Window = fields.Duration("window", DefinitionLimits.ShortestPeriod), Covariate = covariate, Numerator = numerator, Denominator = denominator };
    }
}
