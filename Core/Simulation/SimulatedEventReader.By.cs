using System.Globalization;
using System.Text.Json;
using Bandstand.Experiments;

namespace Bandstand.Simulation;

/// <summary>What those with one value of an attribute do differently.</summary>
internal sealed partial class SimulatedEventReader
{
    private const double GreatestTimes = 1_000;

    private List<SimulatedDifference> Differences(List<RatePath> rates, IReadOnlyList<SimulatedValue> values)
    {
        var differences = new List<SimulatedDifference>();
        if (fields.Object("by") is not { } by)
        {
            return differences;
        }

        foreach (var name in by.All.Select(attribute => attribute.Key).ToList())
        {
            var attribute = attributes.ToList().FindIndex(a => a.Name == name);
            if (attribute < 0)
            {
                by.Raw(name);
                errors.Invalid(by.PathOf(name), ExperimentCodes.UnknownWord, attributes.Count == 0
                    ? $"Nothing is known of people. Declare what they have beside \"traffic\", such as \"attributes\": {{\"{TextRules.Shorten(name)}\": {{\"x\": 0.6, \"y\": 0.4}}}}."
                    : $"People have no attribute '{TextRules.Shorten(name)}'. Declare it in \"attributes\", or use one of: {Listed(attributes.Select(a => a.Name))}.");
            }
            else if (by.Object(name) is { } byValue)
            {
                differences.AddRange(Differences(byValue, attribute, rates, values));
            }
        }

        by.Close();
        Once(by, differences, "rates", difference => difference.Rates is not null);
        Once(by, differences, "values", difference => difference.Values is not null);
        return differences;
    }

    private List<SimulatedDifference> Differences(JsonFields byValue, int attribute, List<RatePath> rates, IReadOnlyList<SimulatedValue> values)
    {
        var differences = new List<SimulatedDifference>();
        var known = attributes[attribute].Values.Select(v => v.Value).ToList();
        foreach (var name in byValue.All.Select(value => value.Key).ToList())
        {
            if (!known.Contains(name))
            {
                byValue.Raw(name);
                errors.Invalid(byValue.PathOf(name), ExperimentCodes.UnknownWord, $"Nobody's {TextRules.Shorten(attributes[attribute].Name)} is '{TextRules.Shorten(name)}'. Add it to \"attributes\", or use one of: {Listed(known)}.");
            }
            else if (byValue.Object(name) is { } field)
            {
                differences.Add(Difference(field, attribute, known.IndexOf(name), rates, values));
            }
        }

        byValue.Close();
        return differences;
    }

    private SimulatedDifference Difference(JsonFields field, int attribute, int value, List<RatePath> rates, IReadOnlyList<SimulatedValue> values)
    {
        var own = field.Has("rates") ? Rates(field, rates) : null;
        var times = field.Has("times") ? Times(field) : null;
        var worth = field.Has("values") ? Values(field, values) : null;
        if (worth is not null && kind == MetricKind.Conversion)
        {
            WorthNothing(field);
        }

        if (own is null && times is null && worth is null)
        {
            errors.Invalid(field.Path, ExperimentCodes.MissingField, "Nothing differs. Give \"rates\", \"times\" (what rates are multiplied by) or \"values\", or leave it out.");
        }

        for (var i = 0; i < (times?.Count ?? 0) && i < rates.Count; i++)
        {
            var most = (own?.Count > i ? own[i] : rates[i]).Points.Max(point => point.Rate);
            if (most * times![i] > 1 + 1e-9)
            {
                errors.Invalid(field.PathOf("times"), ExperimentCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"{times[i]} times a rate of {most} is more than 1 for '{experiment.Alternatives[i].Key}'. Use at most {Math.Floor(1e6 / most) / 1e6}."));
            }
        }

        field.Close();
        return new SimulatedDifference(attribute, value) { Rates = own, Times = times, Values = worth };
    }

    /// <summary>A factor for all, or by alternative; those that are not named stay as they are.</summary>
    private List<double> Times(JsonFields field)
    {
        return field.Raw("times").ValueKind == JsonValueKind.Object ? ByAlternative(field.Object("times")!, Factor, OfAll(1.0)) : OfAll(Factor(field.Raw("times"), field.PathOf("times")));

        double Factor(JsonElement element, string path)
        {
            if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var factor) && factor is >= 0 and <= GreatestTimes)
            {
                return factor;
            }

            errors.Invalid(path, ExperimentCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"Rates are multiplied by a number from 0 to {GreatestTimes}, such as 1.2, or by one for each alternative, such as {{\"{experiment.Alternatives[^1].Key}\": 1.2}}."));
            return 1;
        }
    }

    /// <summary>Two attributes cannot both say what a rate is.</summary>
    private void Once(JsonFields by, List<SimulatedDifference> differences, string name, Func<SimulatedDifference, bool> has)
    {
        var saying = differences.Where(has).Select(difference => attributes[difference.Attribute].Name).Distinct().ToList();
        if (saying.Count > 1)
        {
            errors.Invalid(by.PathOf(saying[1]), ExperimentCodes.OutOfRange, $"Both '{saying[0]}' and '{saying[1]}' say what {name} are. Leave {name} to one of them{(name == "rates" ? ", and let the other say \"times\"" : string.Empty)}.");
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Take(20).Select(name => $"'{TextRules.Shorten(name)}'"));
}
