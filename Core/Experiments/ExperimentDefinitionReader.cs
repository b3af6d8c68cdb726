using System.Globalization;
using System.Text.Json;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>
/// Reads one definition. Values that are wrong are reported and replaced by something harmless, so that reading goes on and
/// finds the other errors; the result only counts when nothing was reported.
/// </summary>
internal sealed partial class ExperimentDefinitionReader(string id, DefinitionErrors errors)
{
    private readonly List<Warning> warnings = [];
    private bool keysUnread;

    public ExperimentDefinition? Read(JsonElement root)
    {
        if (JsonFields.Open(root, "$", errors) is not { } fields)
        {
            return null;
        }

        var name = fields.Text("name", DefinitionLimits.NameLength) ?? id;
        var description = fields.Text("description", DefinitionLimits.DescriptionLength, lines: true);
        var start = fields.Flag("start") ?? true;
        var shards = (int?)fields.Whole("shards", 1, DefinitionLimits.MostShards) ?? 16;
        var alternatives = Alternatives(fields);
        var keys = KeysOf(alternatives);
        var byDefault = Default(fields, alternatives, keys);
        var control = Named(fields, "control", keys) ?? byDefault;
        var metrics = Metrics(fields);
        var allocation = Allocation(fields, alternatives.Count);
        CheckReward(fields, metrics.FirstOrDefault(m => m.Primary), allocation);
        var assignment = Assignment(fields);
        var layer = Targeting(fields);
        var segments = Segments(fields);
        CheckBy(allocation, segments, metrics);
        var scoring = Scoring(fields, metrics);
        var completeWhen = CompleteWhen(fields);
        var outcome = Outcome(fields, keys);
        fields.Close();

        if (assignment.Hash == AssignmentDefinition.VanityMd5)
        {
            CheckVanity(fields, alternatives, allocation);
        }

        return new ExperimentDefinition
        {
            Id = id,
            Name = name,
            Description = description,
            Start = start,
            Shards = shards,
            Alternatives = alternatives,
            Default = byDefault,
            Control = control,
            Metrics = metrics,
            Allocation = allocation,
            Assignment = assignment,
            Layer = layer,
            Segments = segments,
            Scoring = scoring,
            CompleteWhen = completeWhen,
            Outcome = outcome,
            Warnings = warnings,
        };
    }

    private static bool IsEmptyObject(JsonElement element) => element.ValueKind == JsonValueKind.Object && element.GetPropertyCount() == 0;

    /// <summary>The keys that others may name; none when some alternative could not be read, so that no error follows from another.</summary>
    private HashSet<string> KeysOf(List<AlternativeDefinition> alternatives)
        => keysUnread ? [] : alternatives.Select(a => a.Key).ToHashSet(StringComparer.Ordinal);

    private string Default(JsonFields fields, List<AlternativeDefinition> alternatives, HashSet<string> keys)
    {
        if (fields.Has("default"))
        {
            return Named(fields, "default", keys) ?? string.Empty;
        }

        var first = alternatives.Count > 0 ? alternatives[0].Key : string.Empty;
        warnings.Add(new Warning(ExperimentCodes.DefaultAssumed, "$.default", $"No default was given: '{first}', the first alternative, is what everybody gets who is not in the experiment. Give \"default\" to choose."));
        return first;
    }

    private string? Named(JsonFields fields, string field, HashSet<string> keys)
    {
        var key = fields.Word(field);
        if (key is not null && keys.Count > 0 && !keys.Contains(key))
        {
            errors.Invalid(fields.PathOf(field), ExperimentCodes.UnknownAlternative, $"No alternative has the key '{TextRules.Shorten(key)}'. Use one of: {Listed(keys)}.");
        }

        return key;
    }

    private static string Listed(IEnumerable<string> keys)
    {
        var some = keys.Take(20).ToList();
        return string.Join(", ", some.Select(k => $"'{k}'")) + (keys.Count() > some.Count ? ", …" : string.Empty);
    }

    private LayerDefinition? Targeting(JsonFields fields)
    {
        if (fields.Object("targeting") is not { } targeting)
        {
            return null;
        }

        targeting.Later("condition", "Targeting by condition", IsEmptyObject);
        var layer = targeting.Object("layer");
        targeting.Close();
        if (layer is null)
        {
            return null;
        }

        var name = Required(layer, "name", "Name the layer.") ? layer.Text("name", DefinitionLimits.WordLength) : null;
        var from = Required(layer, "from", "Give the slice's start, 0 to 1.") ? layer.Number("from", n => n is >= 0 and < 1, "from 0 to below 1") : null;
        var to = Required(layer, "to", "Give the slice's end, 0 to 1.") ? layer.Number("to", n => n is > 0 and <= 1, "over 0 and at most 1") : null;
        layer.Close();
        if (from >= to)
        {
            errors.Invalid(layer.PathOf("to"), ExperimentCodes.OutOfRange, "The slice is empty: its end must be greater than its start. Give \"to\" greater than \"from\".");
        }

        return new LayerDefinition(name ?? string.Empty, from ?? 0, to ?? 1);
    }

    private List<string> Segments(JsonFields fields)
    {
        var elements = fields.Array("segments") ?? [];
        if (elements.Count > DefinitionLimits.MostSegments)
        {
            errors.Invalid(fields.PathOf("segments"), ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"There are {elements.Count} segments. Give at most {DefinitionLimits.MostSegments}."));
        }

        var segments = new List<string>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{fields.PathOf("segments")}[{i}]");
            if (elements[i].ValueKind != JsonValueKind.String)
            {
                errors.WrongType(path, "a string, the name of an attribute", elements[i]);
            }
            else if (TextRules.Problem(elements[i].GetString()!, DefinitionLimits.WordLength) is { } problem)
            {
                errors.Invalid(path, ExperimentCodes.InvalidText, problem);
            }
            else if (elements[i].GetString()!.Contains(':', StringComparison.Ordinal))
            {
                errors.Invalid(path, ExperimentCodes.InvalidText, "The name has a colon, which separates attribute and value in questions. Use an attribute without one.");
            }
            else if (segments.Contains(elements[i].GetString()!))
            {
                errors.Invalid(path, ExperimentCodes.DuplicateKey, $"The attribute '{TextRules.Shorten(elements[i].GetString()!)}' is listed already. List each once.");
            }
            else
            {
                segments.Add(elements[i].GetString()!);
            }
        }

        return segments;
    }

    private ScoringDefinition Scoring(JsonFields fields, IReadOnlyList<MetricDefinition> metrics)
    {
        if (fields.Object("scoring") is not { } scoring)
        {
            return new ScoringDefinition();
        }

        var method = scoring.OneOf("method", "classic", "bayes", "sequential", "fixed");
        var confidence = scoring.Number("confidence", n => n is > 0.5 and < 1, "over 0.5 and under 1, such as 0.95") ?? 0.95;
        var prior = Priors(scoring, metrics);
        scoring.Close();
        return new ScoringDefinition(method, confidence, prior);
    }

    private static CompletionDefinition? CompleteWhen(JsonFields fields)
    {
        if (fields.Object("completeWhen") is not { } when)
        {
            return null;
        }

        var probability = when.Number("probability", n => n is > 0.5 and < 1, "over 0.5 and under 1, such as 0.95");
        var participants = when.Whole("participants", 1, 1_000_000_000_000);
        var perAlternative = when.Whole("perAlternative", 1, 1_000_000_000_000);
        var deadline = when.Duration("deadline", DefinitionLimits.ShortestPeriod);
        var valueRemaining = when.Number("valueRemaining", n => n is > 0 and < 1, "over 0 and under 1, such as 0.01 for 1 %");
        when.Close();
        return (probability, participants, perAlternative, deadline, valueRemaining) is (null, null, null, null, null)
            ? null
            : new CompletionDefinition(probability, participants, perAlternative, deadline, valueRemaining);
    }

    private OutcomeDefinition Outcome(JsonFields fields, HashSet<string> keys)
    {
        if (fields.Object("outcome") is not { } outcome)
        {
            return new OutcomeDefinition();
        }

        var rule = outcome.OneOf("rule", "best", "least", "significant-else-default") ?? "best";
        var handicap = new SortedDictionary<string, double>(StringComparer.Ordinal);
        if (outcome.Object("handicap") is { } factors)
        {
            foreach (var (key, _) in factors.All)
            {
                if (keys.Count > 0 && !keys.Contains(key))
                {
                    errors.Invalid(factors.PathOf(key), ExperimentCodes.UnknownAlternative, $"No alternative has the key '{TextRules.Shorten(key)}'. Use one of: {Listed(keys)}.");
                }
                else if (factors.Number(key, n => n is > 0 and <= DefinitionLimits.GreatestWeight, "over 0 and at most 1e9; 1 changes nothing") is { } factor)
                {
                    handicap[key] = factor;
                }
            }
        }

        outcome.Close();
        return new OutcomeDefinition(rule, handicap.Count > 0 ? handicap : null);
    }

    private static bool Required(JsonFields fields, string name, string remedy)
    {
        if (fields.Has(name))
        {
            return true;
        }

        fields.Missing(name, remedy);
        return false;
    }
}
