using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Simulation;

namespace Bandstand.Allocation;

/// <summary>
/// What another policy would have given out in an experiment that was recorded: <c>equal</c>, <c>always:KEY</c>, <c>weights:KEY=N,KEY=N</c>, or a bandit,
/// <c>thompson</c> or <c>top-two</c> with settings, such as <c>thompson:floor=0.05</c>. Pure and thread-safe.
/// </summary>
public static class RecordedPolicies
{
    private const string All = "Use equal, always:KEY, weights:KEY=1,KEY=2, thompson or top-two; bandits with settings after a colon, such as thompson:floor=0.05";

    /// <summary>The weights of a policy that was typed, by epoch and alternative, each epoch's summing to 1.</summary>
    /// <param name="recorded">The experiment.</param>
    /// <param name="text">The policy.</param>
    /// <returns>The weights, or what is wrong with the policy. <c>equal</c> and bandits use what could be drawn; the others what they name.</returns>
    public static Answer<IReadOnlyList<IReadOnlyList<double>>> Weights(RecordedExperiment recorded, string text)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, rest) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        switch (name)
        {
            case "equal" when rest is null:
                return ByEpoch(recorded.Epochs.Select(epoch => Shares([.. epoch.Select(arm => arm.Probability > 0 ? 1.0 : 0)])));
            case "always" when rest is not null:
                return Fixed(recorded, text, [(rest, 1)]);
            case "weights" when rest is not null:
                var named = rest.Split(',').Select(Weight).ToList();
                return named.FindIndex(n => n is null) is var wrong and >= 0
                    ? SimulatedPolicies.Wrong(text, $"'{TextRules.Shorten(rest.Split(',')[wrong])}' is no weight: write an alternative's key, = and a number of 0 or more")
                    : Fixed(recorded, text, [.. named.Select(n => n!.Value)]);
            case BanditAllocation.Thompson or BanditAllocation.TopTwo:
                return Bandit(recorded, text);
            default:
                return SimulatedPolicies.Wrong(text, $"there is no such policy here. {All}");
        }
    }

    private static Answer<IReadOnlyList<IReadOnlyList<double>>> ByEpoch(IEnumerable<double[]> weights) => Answer.Of<IReadOnlyList<IReadOnlyList<double>>>([.. weights]);

    private static double[] Shares(double[] weights)
    {
        var sum = weights.Sum();
        return [.. weights.Select(w => sum > 0 ? w / sum : w)];
    }

    private static (string Key, double Weight)? Weight(string text)
    {
        var equals = text.LastIndexOf('=');
        return equals > 0 && double.TryParse(text[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= 1e9
            ? (text[..equals], weight)
            : null;
    }

    private static Answer<IReadOnlyList<IReadOnlyList<double>>> Fixed(RecordedExperiment recorded, string text, IReadOnlyList<(string Key, double Weight)> named)
    {
        string[] keys = [.. recorded.Definition.Alternatives.Select(a => a.Key)];
        if (named.FirstOrDefault(n => !keys.Contains(n.Key, StringComparer.Ordinal)).Key is { } unknown)
        {
            return SimulatedPolicies.Wrong(text, $"no alternative has the key '{TextRules.Shorten(unknown)}'. There are {string.Join(", ", keys.Take(20))}{(keys.Length > 20 ? ", …" : "")}");
        }

        if (named.GroupBy(n => n.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any()) is { } twice)
        {
            return SimulatedPolicies.Wrong(text, $"'{twice.Key}' is named twice. Name it once");
        }

        if (named.Sum(n => n.Weight) <= 0)
        {
            return SimulatedPolicies.Wrong(text, "all weights are 0. Give one of them more");
        }

        var shares = Shares([.. keys.Select(key => named.FirstOrDefault(n => n.Key == key).Weight)]);
        return ByEpoch(recorded.Epochs.Select(_ => shares));
    }

    private static Answer<IReadOnlyList<IReadOnlyList<double>>> Bandit(RecordedExperiment recorded, string text)
    {
        var allocation = SimulatedPolicies.Allocation(text);
        if (allocation.IsRefused)
        {
            return allocation.Refusal;
        }

        if (allocation.Value.ContainsKey("by"))
        {
            return SimulatedPolicies.Wrong(text, "by: figures were not recorded by value, only by what each was assigned with. Leave it out: everybody gets the same weights");
        }

        var json = JsonNode.Parse(ExperimentDefinitionJson.Canonical(recorded.Definition))!.AsObject();
        json["allocation"] = allocation.Value;
        var read = ExperimentDefinitionJson.Parse(recorded.Definition.Id, Encoding.UTF8.GetBytes(json.ToJsonString()));
        return read.IsRefused
            ? SimulatedPolicies.Wrong(text, read.Refusal.Errors.Count == 0 ? read.Refusal.Detail : string.Join("; ", read.Refusal.Errors.Select(e => $"{e.Path["$.".Length..]}: {e.Detail}")))
            : read.Value.Allocation is BanditAllocation { EveryPeriod: not null }
                ? SimulatedPolicies.Wrong(text, "every: a recorded experiment is counted by assignments. Give a number of them, or leave it out")
                : ByEpoch(RecordedBandit.Play(recorded with { Definition = read.Value }));
    }
}
