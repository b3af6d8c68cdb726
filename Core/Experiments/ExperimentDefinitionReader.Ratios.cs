using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bandstand.Experiments;

/// <summary>What ratios and retention are made of.</summary>
internal sealed partial class ExperimentDefinitionReader
{
    private static readonly string[] LineParts = ["numerator", "denominator"];

    /// <summary>The events above and below the line.</summary>
    private (string? Numerator, string? Denominator) Line(JsonFields fields, string? kind)
    {
        if (kind is not ("ratio" or "retention"))
        {
            foreach (var part in LineParts.Where(part => fields.Raw(part).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)))
            {
                errors.Invalid(fields.PathOf(part), ExperimentCodes.WrongKind, "Only ratios and retention have something above and below a line. Remove the field, or use the kind ratio or retention.");
            }

            return default;
        }

        var isRatio = kind == "ratio";
        var numerator = Part("numerator", isRatio
            ? "Name the event whose values are summed above the line, such as \"revenue\"."
            : "Name the event that says that somebody came back, such as \"visit\".");
        var denominator = Part("denominator", isRatio
            ? "Name the event whose values are summed below the line, such as \"order\"."
            : "Name the event after which somebody may come back, such as \"signup\".");
        if (isRatio && numerator is not null && numerator == denominator)
        {
            errors.Invalid(fields.PathOf("denominator"), ExperimentCodes.WrongKind, "The ratio of an event to itself is always 1. Name another event, or use the kind retention for who had it again.");
        }

        return (numerator, denominator);

        string? Part(string name, string remedy)
        {
            var part = Required(fields, name, remedy) ? fields.Text(name, DefinitionLimits.MetricLength) : null;
            if (part is not null && Encoding.UTF8.GetByteCount(part) > DefinitionLimits.MetricBytes)
            {
                errors.Invalid(fields.PathOf(name), ExperimentCodes.InvalidText, "The event's id has more than 256 bytes of UTF-8. Use a shorter one.");
            }

            return part;
        }
    }

    /// <summary>What ratios and retention are made of are events as they are sent, not other ratios.</summary>
    private void CheckParts(List<MetricDefinition> metrics)
    {
        var ratios = metrics.Where(m => m.Kind is MetricKind.Ratio or MetricKind.Retention).Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < metrics.Count && ratios.Count > 0; i++)
        {
            foreach (var (field, part) in new[] { ("numerator", metrics[i].Rule?.Numerator), ("denominator", metrics[i].Rule?.Denominator) })
            {
                if (part is not null && ratios.Contains(part))
                {
                    errors.Invalid(string.Create(CultureInfo.InvariantCulture, $"$.metrics[{i}].{field}"), ExperimentCodes.WrongKind, $"'{TextRules.Shorten(part)}' is itself a ratio or retention, which no event counts for. Name an event as it is sent, and give the metric an id of its own.");
                }
            }
        }
    }
}
