using System.Globalization;
using Bandstand.Participants;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>What cannot change any more once an experiment was started.</summary>
internal static class RedefinitionRules
{
    /// <summary>Everything in the new definition that is refused; empty when it is accepted.</summary>
    public static IReadOnlyList<FieldError> Broken(Experiment experiment, ExperimentDefinition next)
    {
        var errors = new List<FieldError>();
        var last = experiment.LastPut;
        if (next.Shards != last.Shards)
        {
            Fixed(errors, "$.shards", "the number of shards", last.Shards.ToString(CultureInfo.InvariantCulture));
        }

        if (next.Assignment.Hash != last.Assignment.Hash)
        {
            Fixed(errors, "$.assignment.hash", "the hash", last.Assignment.Hash);
        }

        if (next.Assignment.Seed != last.Assignment.Seed)
        {
            Fixed(errors, "$.assignment.seed", "the seed", last.Assignment.Seed);
        }

        if (next.Assignment.Hash == AssignmentDefinition.VanityMd5 && next.Name != last.Name)
        {
            Fixed(errors, "$.name", "the name, which vanity-md5 hashes,", last.Name);
        }

        Alternatives(errors, experiment, next);
        Metrics(errors, experiment, next);
        var segments = experiment.Segments.Select(s => s.Attribute).Union(next.Segments, StringComparer.Ordinal).Count();
        if (segments > ShardPlan.MaxSegments)
        {
            errors.Add(new FieldError("$.segments", ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"With those that were removed there would be {segments} segments; there can be {ShardPlan.MaxSegments} in all. Reset the experiment or define another one.")));
        }

        return errors;
    }

    private static void Alternatives(List<FieldError> errors, Experiment experiment, ExperimentDefinition next)
    {
        var slots = experiment.Alternatives.ToDictionary(s => s.Key, StringComparer.Ordinal);
        for (var i = 0; i < next.Alternatives.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"$.alternatives[{i}]");
            var alternative = next.Alternatives[i];
            if (!slots.TryGetValue(alternative.Key, out var slot))
            {
                continue;
            }

            if (slot.Removed)
            {
                errors.Add(new FieldError(path + ".key", ExperimentCodes.KeyUsed, $"The key '{slot.Key}' belonged to an alternative that was removed, and its participants still count under it. Use a new key."));
            }
            else if (slot.Value != alternative.Value)
            {
                Fixed(errors, path + ".value", $"the value of '{slot.Key}'", TextRules.Shorten(slot.Value), "add an alternative with a new key instead");
            }
        }

        var added = next.Alternatives.Count(a => !slots.ContainsKey(a.Key));
        if (slots.Count + added > DefinitionLimits.MostAlternatives)
        {
            errors.Add(new FieldError("$.alternatives", ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"With those that were removed there would be {slots.Count + added} alternatives; there can be {DefinitionLimits.MostAlternatives} in all. Reset the experiment or define another one.")));
        }

        if (experiment.Outcome is { } outcome && !next.Alternatives.Any(a => a.Key == experiment.Alternatives[outcome].Key))
        {
            errors.Add(new FieldError("$.alternatives", ExperimentCodes.IsOutcome, $"The alternative '{experiment.Alternatives[outcome].Key}' is the outcome that everybody gets. Keep it, or reset the experiment first."));
        }
    }

    private static void Metrics(List<FieldError> errors, Experiment experiment, ExperimentDefinition next)
    {
        var slots = experiment.Metrics.Where(s => s.Kind != MetricKind.Event).ToDictionary(s => s.Id, StringComparer.Ordinal);
        for (var i = 0; i < next.Metrics.Count; i++)
        {
            if (!slots.TryGetValue(next.Metrics[i].Id, out var slot))
            {
                continue;
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"$.metrics[{i}]");
            Kept("kind", slot.Kind.ToString().ToLowerInvariant(), next.Metrics[i].Kind.ToString().ToLowerInvariant());
            Kept("cap", slot.Rule?.Cap?.ToString(CultureInfo.InvariantCulture), next.Metrics[i].Rule?.Cap?.ToString(CultureInfo.InvariantCulture));
            Kept("window", Duration(slot.Rule), Duration(next.Metrics[i].Rule));
            Kept("covariate", slot.Rule?.Covariate, next.Metrics[i].Rule?.Covariate);
            Kept("numerator", slot.Rule?.Numerator, next.Metrics[i].Rule?.Numerator);
            Kept("denominator", slot.Rule?.Denominator, next.Metrics[i].Rule?.Denominator);

            void Kept(string field, string? was, string? now)
            {
                if (was != now)
                {
                    Fixed(errors, $"{path}.{field}", $"the {field} of '{slot.Id}'", was ?? "none", "count it under a new id instead");
                }
            }
        }

        var added = next.Metrics.Count(m => !slots.ContainsKey(m.Id));
        if (slots.Count + added > DefinitionLimits.MostMetricsEver)
        {
            errors.Add(new FieldError("$.metrics", ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"With those that were removed there would be {slots.Count + added} metrics; there can be {DefinitionLimits.MostMetricsEver} in all. Reset the experiment or define another one.")));
        }
    }

    private static string? Duration(MetricRule? rule) => rule?.Window is { } window ? IsoDuration.Format(window) : null;

    private static void Fixed(List<FieldError> errors, string path, string what, string was, string remedy = "define another experiment for it")
        => errors.Add(new FieldError(path, ExperimentCodes.FixedOnceStarted, $"Once an experiment was started, {what} cannot change. Keep '{was}', or {remedy}."));
}
