using System.Globalization;
using Bandstand.Allocation;

namespace Bandstand.Experiments;

/// <summary>
/// The weights after a PUT, by slot. Where the definition's weights were changed, they are taken. Where alternatives came or went,
/// a newcomer gets the share that the definition's weights give it, and the others keep the proportions they have now, learned or
/// set by hand, within what remains. Otherwise nothing changes.
/// </summary>
/// <param name="Values">By slot, those of new alternatives appended.</param>
/// <param name="Why">What was done, for a person; null when nothing was.</param>
internal sealed record RedefinedWeights(int[] Values, string? Why)
{
    public static RedefinedWeights Of(Experiment experiment, ExperimentDefinition next)
    {
        var last = experiment.LastPut.Alternatives.ToDictionary(a => a.Key, a => a.Weight, StringComparer.Ordinal);
        var present = Enumerable.Range(0, experiment.Alternatives.Length)
            .Where(slot => !experiment.Alternatives[slot].Removed)
            .ToDictionary(slot => experiment.Alternatives[slot].Key, slot => experiment.Epoch.Weights[slot], StringComparer.Ordinal);
        var wanted = next.Alternatives.ToDictionary(a => a.Key, a => a.Weight, StringComparer.Ordinal);
        var added = next.Alternatives.Where(a => !present.ContainsKey(a.Key)).Select(a => a.Key).ToList();
        var removed = present.Keys.Where(key => !wanted.ContainsKey(key)).ToList();
        var changed = wanted.Keys.Where(key => present.ContainsKey(key) && wanted[key] != last[key]).ToHashSet(StringComparer.Ordinal);

        bool Closed(string key) => present.TryGetValue(key, out var weight) && weight == 0 && !changed.Contains(key);
        var open = wanted.Keys.Where(key => !Closed(key)).ToHashSet(StringComparer.Ordinal);
        var nothing = added.Count + removed.Count + changed.Count == 0;
        if (next.Assignment.Hash == AssignmentDefinition.VanityMd5)
        {
            var even = ByKey(experiment, next).Select(key => wanted.ContainsKey(key) ? 1.0 : 0);
            return new(WholeWeights.Of([.. even]), nothing ? null : Explain(added, removed, changed, defined: true));
        }

        if (nothing)
        {
            return new([.. ByKey(experiment, next).Select(key => present.GetValueOrDefault(key))], null);
        }

        // Weights nobody has touched since they were defined are computed from the definition again, so that no rounding adds up.
        var untouched = experiment.Epoch.Weights.Where((_, slot) => !experiment.Alternatives[slot].Removed)
            .SequenceEqual(StartingWeights.Of(experiment.LastPut with { Alternatives = InSlotOrder(experiment) }));
        var survivors = open.Where(present.ContainsKey).ToList();
        var kept = survivors.Sum(key => (double)present[key]);
        var defined = changed.Count > 0 || untouched || kept == 0;
        if (open.Count == 0)
        {
            (open, defined) = ([.. wanted.Keys], true); // The only open alternative was removed.
        }

        var total = open.Sum(key => wanted[key]);
        var newcomers = open.Where(key => !present.ContainsKey(key)).Sum(key => wanted[key] / total);
        double Relative(string key) => !open.Contains(key) ? 0
            : defined || !present.TryGetValue(key, out var weight) ? wanted[key] / total
            : weight / kept * (1 - newcomers);

        var keys = ByKey(experiment, next).ToList();
        var values = WholeWeights.Of(
            [.. keys.Select(key => wanted.ContainsKey(key) ? Relative(key) : 0)],
            [.. keys.Select(open.Contains)],
            StartingWeights.Least(next.Allocation, open.Count));
        return new(values, Explain(added, removed, changed, defined));
    }

    /// <summary>Keys by slot after the change: a started experiment appends, a draft is drawn anew.</summary>
    private static IEnumerable<string> ByKey(Experiment experiment, ExperimentDefinition next)
    {
        var keys = next.Alternatives.Select(a => a.Key);
        return experiment.Status == ExperimentStatus.Draft ? keys : experiment.Alternatives.Select(s => s.Key).Union(keys, StringComparer.Ordinal);
    }

    private static AlternativeDefinition[] InSlotOrder(Experiment experiment)
    {
        var byKey = experiment.LastPut.Alternatives.ToDictionary(a => a.Key, StringComparer.Ordinal);
        return [.. experiment.Alternatives.Where(s => !s.Removed).Select(s => byKey[s.Key])];
    }

    private static string Explain(List<string> added, List<string> removed, HashSet<string> changed, bool defined)
    {
        var parts = new List<string>();
        Add(parts, "added", added);
        Add(parts, "removed", removed);
        Add(parts, "given another weight", changed);
        var rest = defined
            ? "weights are those of the definition"
            : added.Count > 0 ? "the others keep their proportions in what remains" : "the others share its weight in their proportions";
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join("; ", parts)}; {rest}.");
    }

    private static void Add(List<string> parts, string what, IReadOnlyCollection<string> keys)
    {
        if (keys.Count > 0)
        {
            parts.Add($"{string.Join(", ", keys.Select(k => $"'{k}'"))} {what}");
        }
    }
}
