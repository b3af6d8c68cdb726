using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Participants;

namespace Bandstand.Simulation;

/// <summary>What people do.</summary>
public static partial class SimulationScenarioReader
{
    private const int MostEvents = 100;

    private static List<SimulatedEvent>? Events(JsonFields fields, ExperimentDefinition? experiment, IReadOnlyList<SimulatedTrait> attributes, DefinitionErrors errors)
    {
        if (fields.Object("metrics") is not { } metrics)
        {
            if (!fields.Has("metrics"))
            {
                fields.Missing("metrics", "Say what people do, by metric: {\"signup\": {\"rates\": {\"a\": 0.1, \"b\": 0.12}}}.");
            }

            return null;
        }

        if (experiment is null)
        {
            return null; // Nothing can be checked against it.
        }

        // Metrics in the order of the definition, whatever the file's: results depend on it.
        var counted = experiment.Metrics.Where(m => !IsRatio(m)).Select(m => m.Id).ToList();
        var names = counted.Where(metrics.Has).Concat(metrics.All.Select(entry => entry.Key).Except(counted)).ToList();
        var kinds = Kinds(experiment);
        if (names.Count > MostEvents)
        {
            errors.Invalid(metrics.Path, ExperimentCodes.WrongCount, string.Create(CultureInfo.InvariantCulture, $"There are {names.Count} events. Give at most {MostEvents}."));
            return null;
        }

        var read = new List<(SimulatedEvent Event, string? After)>();
        foreach (var name in names)
        {
            if (experiment.Metrics.FirstOrDefault(m => m.Id == name && IsRatio(m)) is { Rule: { } rule })
            {
                metrics.Raw(name);
                errors.Invalid(metrics.PathOf(name), ExperimentCodes.WrongKind, $"'{name}' follows from the events '{rule.Numerator}' and '{rule.Denominator}'. Say what people do in those instead.");
            }
            else if (metrics.Object(name) is { } entry)
            {
                var sent = entry.Word("event") ?? name;
                if (!kinds.TryGetValue(sent, out var kind))
                {
                    kind = MetricKind.Event;
                    errors.Invalid(entry.Has("event") ? entry.PathOf("event") : entry.Path, ExperimentCodes.UnknownMetric, $"The experiment counts no event '{TextRules.Shorten(sent)}'. Use one of: {string.Join(", ", kinds.Keys)}; under another name say which it is with \"event\".");
                }

                read.Add(new SimulatedEventReader(entry, name, sent, kind, experiment, attributes, errors).Read());
            }
        }

        var events = read.Select(e => e.Event).ToList();
        if (events.Count == names.Count)
        {
            Follow(metrics, events, [.. read.Select(e => e.After)], errors);
            Require(metrics, experiment, events, errors);
        }

        return events;
    }

    private static bool IsRatio(MetricDefinition metric) => metric.Kind is MetricKind.Ratio or MetricKind.Retention;

    /// <summary>The events that count, and what their values must be.</summary>
    private static Dictionary<string, MetricKind> Kinds(ExperimentDefinition experiment)
    {
        var kinds = experiment.Metrics.Where(m => !IsRatio(m)).ToDictionary(m => m.Id, m => m.Kind, StringComparer.Ordinal);
        foreach (var part in experiment.Metrics.Where(IsRatio).SelectMany(m => Parts(m.Rule!)))
        {
            kinds.TryAdd(part, MetricKind.Event);
        }

        return kinds;
    }

    private static string[] Parts(MetricRule rule) => [rule.Numerator!, rule.Denominator!];

    /// <summary>Finds what each event comes after.</summary>
    private static void Follow(JsonFields metrics, List<SimulatedEvent> events, List<string?> names, DefinitionErrors errors)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (names[i] is not { } name)
            {
                continue;
            }

            var path = JsonFields.PathOf(metrics.PathOf(events[i].Name), "after");
            var after = events.FindIndex(e => e.Name == name);
            if (after < 0)
            {
                var others = events.Where((_, other) => other != i).Select(e => $"'{e.Name}'");
                errors.Invalid(path, ExperimentCodes.UnknownMetric, $"There is no '{TextRules.Shorten(name)}' among \"metrics\". Use one of: {string.Join(", ", others)}.");
                continue;
            }

            events[i] = events[i] with { After = after };
            if (Before(events, i).Contains(i))
            {
                events[i] = events[i] with { After = null };
                errors.Invalid(path, ExperimentCodes.OutOfRange, $"'{events[i].Name}' would come after itself. Let one of them begin.");
            }
        }
    }

    /// <summary>What must have happened before an event, the last first.</summary>
    private static IEnumerable<int> Before(List<SimulatedEvent> events, int i)
    {
        for (var (at, steps) = (events[i].After, 0); at is { } before && steps <= events.Count; at = events[before].After, steps++)
        {
            yield return before;
        }
    }

    /// <summary>Whatever decides or acts must be able to.</summary>
    private static void Require(JsonFields metrics, ExperimentDefinition experiment, List<SimulatedEvent> events, DefinitionErrors errors)
    {
        bool Happens(string sent) => events.Any(e => e.Event == sent);
        foreach (var metric in experiment.Metrics.Where(m => m.Guardrail is not null && !Happens(m.Id)))
        {
            metrics.Missing(metric.Id, "It has a guardrail, which could never act: say what people do, or leave the guardrail out.");
        }

        var primary = experiment.Primary;
        foreach (var part in (IsRatio(primary) ? Parts(primary.Rule!) : [primary.Id]).Distinct().Where(part => !Happens(part)))
        {
            metrics.Missing(part, IsRatio(primary) ? $"The primary metric '{primary.Id}' is made of it, so the simulation needs it." : "It is the primary metric, so the simulation needs it.");
        }

        if (primary is { Kind: MetricKind.Retention, Rule: { } rule } && !errors.Any)
        {
            RequireReturn(metrics, primary.Id, rule, events, errors);
        }
    }

    /// <summary>Of a retention that decides it must be plain who comes back.</summary>
    private static void RequireReturn(JsonFields metrics, string metric, MetricRule rule, List<SimulatedEvent> events, DefinitionErrors errors)
    {
        var returns = 0;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Event != rule.Numerator)
            {
                continue;
            }

            var since = Before(events, i).Prepend(i).TakeWhile(e => e == i || events[e].Event != rule.Denominator).ToList();
            var path = metrics.PathOf(events[i].Name);
            if (!Before(events, i).Any(e => events[e].Event == rule.Denominator))
            {
                if (events[i].Event != rule.Denominator)
                {
                    errors.Invalid(JsonFields.PathOf(path, "after"), ExperimentCodes.MissingField, $"'{metric}' counts who had '{rule.Numerator}' after '{rule.Denominator}'. Name what it comes after.");
                }
            }
            else if (since.All(e => events[e].Delay.Mean == TimeSpan.Zero))
            {
                errors.Invalid(JsonFields.PathOf(path, "delay"), ExperimentCodes.MissingField, $"It comes at the moment of '{rule.Denominator}', and '{metric}' counts who comes back later. Say how much later, such as {{\"mean\": \"P7D\", \"shape\": \"fixed\"}}.");
            }

            returns++;
        }

        if (rule.Numerator == rule.Denominator && returns == 1)
        {
            metrics.Missing($"{rule.Numerator}-again", $"'{metric}' counts who had '{rule.Numerator}' twice. Add the second under a name of its own: {{\"event\": \"{rule.Numerator}\", \"after\": \"{events.First(e => e.Event == rule.Numerator).Name}\", \"rates\": …, \"delay\": \"P7D\"}}.");
        }
    }
}
