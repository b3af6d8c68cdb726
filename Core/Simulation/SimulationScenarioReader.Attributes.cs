using System.Globalization;
using System.Text.Json;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Simulation;

/// <summary>Who the people are.</summary>
public static partial class SimulationScenarioReader
{
    private static List<SimulatedTrait> Attributes(JsonFields fields, DefinitionErrors errors)
    {
        var attributes = new List<SimulatedTrait>();
        if (fields.Object("attributes") is not { } byName)
        {
            return attributes;
        }

        foreach (var name in byName.All.Select(attribute => attribute.Key).ToList())
        {
            if (TextRules.Problem(name, DefinitionLimits.WordLength) is { } problem)
            {
                byName.Raw(name);
                errors.Invalid(byName.PathOf(name), ExperimentCodes.InvalidText, problem);
            }
            else if (byName.Object(name) is { } shares)
            {
                attributes.Add(new SimulatedTrait(name, Shares(shares, errors)));
            }
        }

        byName.Close();
        if (attributes.Aggregate(1.0, (all, attribute) => all * attribute.Values.Count) > SimulatedKinds.Most)
        {
            errors.Invalid(byName.Path, ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"There are more than {SimulatedKinds.Most} combinations of values. Leave out attributes, or put rare values together."));
        }

        return attributes;
    }

    private static List<SimulatedShare> Shares(JsonFields fields, DefinitionErrors errors)
    {
        const string remedy = "Give each value the share of people who have it, such as {\"de\": 0.6, \"fr\": 0.4}; only their proportions count";
        var values = new List<SimulatedShare>();
        foreach (var (value, share) in fields.All.ToList())
        {
            fields.Raw(value);
            if (TextRules.Problem(value, SegmentValue.Longest) is { } problem)
            {
                errors.Invalid(fields.PathOf(value), ExperimentCodes.InvalidText, $"{problem} Who has no value has '{SegmentValue.None}'.");
            }
            else if (share.ValueKind == JsonValueKind.Number && share.TryGetDouble(out var number) && number is > 0 and <= 1e9)
            {
                values.Add(new SimulatedShare(value, number));
            }
            else
            {
                errors.Invalid(fields.PathOf(value), ExperimentCodes.OutOfRange, $"A share is a number over 0. {remedy}.");
                values.Add(new SimulatedShare(value, 1));
            }
        }

        if (fields.All.Any())
        {
            var all = values.Sum(v => v.Share);
            return [.. values.Select(v => v with { Share = v.Share / all })];
        }

        errors.Invalid(fields.Path, ExperimentCodes.MissingField, $"Nobody has a value. {remedy}.");
        return [new SimulatedShare(SegmentValue.None, 1)];
    }
}
