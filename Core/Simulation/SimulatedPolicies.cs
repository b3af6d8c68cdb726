using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bandstand.Experiments;
using Bandstand.Ports;

namespace Bandstand.Simulation;

/// <summary>
/// Policies as they are typed: a name and settings of the definition's <c>allocation</c>, such as <c>thompson:floor=0.05,every=500</c>,
/// <c>top-two</c>, <c>adaptive:period=P1D,certainty=0.5</c> or <c>fixed</c>. Thread-safe.
/// </summary>
public static class SimulatedPolicies
{
    /// <summary>The policy that the experiment itself has.</summary>
    public const string Own = "as-defined";

    private static readonly Dictionary<string, (string Policy, string? Field, string? Word)> Names = new(StringComparer.Ordinal)
    {
        ["fixed"] = ("fixed", null, null),
        [BanditAllocation.Thompson] = ("bandit", "algorithm", BanditAllocation.Thompson),
        [BanditAllocation.TopTwo] = ("bandit", "algorithm", BanditAllocation.TopTwo),
        [TimestepAllocation.Classic] = ("timestep", "decide", TimestepAllocation.Classic),
        [TimestepAllocation.Adaptive] = ("timestep", "decide", TimestepAllocation.Adaptive),
    };

    /// <summary>The scenario's experiment with a policy that was typed.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="text">The policy.</param>
    /// <returns>The policy, or why there is no such policy here.</returns>
    public static Answer<SimulatedPolicy> Parse(SimulationScenario scenario, string text)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(text);
        if (text == Own)
        {
            return Checked(text, scenario, scenario.Experiment);
        }

        var allocation = Allocation(text);
        if (allocation.IsRefused)
        {
            return allocation.Refusal;
        }

        var json = JsonNode.Parse(scenario.ExperimentJson)!.AsObject();
        json["allocation"] = allocation.Value;
        var read = SimulationScenarioReader.ReadExperiment(json.ToJsonString());
        return read.IsRefused ? Wrong(text, string.Join("; ", read.Refusal.Errors.Select(e => $"{e.Path["$.experiment.".Length..]}: {e.Detail}"))) : Checked(text, scenario, read.Value);
    }

    /// <summary>A policy that was typed as the definition's <c>allocation</c>, its settings not read yet.</summary>
    /// <param name="text">The policy.</param>
    internal static Answer<JsonObject> Allocation(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!Names.TryGetValue(colon < 0 ? text : text[..colon], out var named))
        {
            return Wrong(text, $"there is no such policy. Use {string.Join(", ", Names.Keys)} or {Own}, with settings after a colon, such as thompson:floor=0.05,every=500");
        }

        var allocation = new JsonObject { ["policy"] = named.Policy };
        if (named.Field is not null)
        {
            allocation[named.Field] = named.Word;
        }

        if (named.Policy == "timestep")
        {
            allocation["period"] = "P1D";
        }

        foreach (var setting in colon < 0 ? [] : text[(colon + 1)..].Split(','))
        {
            var parts = setting.Split('=');
            if (parts.Length != 2 || parts[0].Length == 0)
            {
                return Wrong(text, $"'{TextRules.Shorten(setting)}' is no setting: write name=value");
            }

            if (parts[0] == "every")
            {
                var every = Value(parts[1]);
                allocation["every"] = new JsonObject { [every.GetValueKind() == JsonValueKind.Number ? "assignments" : "period"] = every };
            }
            else
            {
                allocation[Camel(parts[0])] = Value(parts[1]);
            }
        }

        return allocation;
    }

    private static Answer<SimulatedPolicy> Checked(string text, SimulationScenario scenario, ExperimentDefinition definition)
        => Simulator.Problem(scenario, definition) is { } problem ? Wrong(text, problem) : new SimulatedPolicy(text, definition);

    internal static Refusal Wrong(string text, string why) => new(RefusalKind.Invalid, ExperimentCodes.InvalidDefinition, $"Policy '{TextRules.Shorten(text)}': {why}.".Replace("..", ".", StringComparison.Ordinal));

    /// <summary>A number where it is one, else a word.</summary>
    private static JsonValue Value(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);

    /// <summary>Settings may be typed as options are: <c>count-multiplier</c>.</summary>
    private static string Camel(string name)
    {
        var words = name.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(w => w.Length == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));
    }
}
