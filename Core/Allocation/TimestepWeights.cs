using System.Globalization;
using Bandstand.Experiments;
using Bandstand.Timesteps;

namespace Bandstand.Allocation;

/// <summary>The weights of the next timestep: the winner's share to the winner, the rest evenly to the other open alternatives.</summary>
public static class TimestepWeights
{
    /// <summary>The weights by slot. A winner that was closed gets nothing; if it was the only one, weights stay.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="winner">The winner's key.</param>
    /// <param name="winnerShare">Over 0 and at most 1.</param>
    public static int[] Of(Experiment experiment, string winner, double winnerShare)
    {
        var open = Enumerable.Range(0, experiment.Alternatives.Length).Select(experiment.IsOpen).ToArray();
        var slot = experiment.SlotOf(winner);
        var others = open.Count(isOpen => isOpen) - 1;
        if (slot < 0 || !open[slot] || others == 0)
        {
            return [.. experiment.Epoch.Weights];
        }

        // At a share of 1 the others keep the least there is: a weight of 0 would close them for good.
        return WholeWeights.Of([.. open.Select((_, s) => s == slot ? winnerShare : (1 - winnerShare) / others)], open, 1);
    }

    /// <summary>The decision's reason.</summary>
    /// <param name="result">What the close decided.</param>
    internal static string Explain(TimestepResult result)
    {
        var test = result.PValue is { } p
            ? string.Create(CultureInfo.InvariantCulture, $" (t = {result.T:0.###}, p = {p:0.####})")
            : string.Empty;
        var detail = result.Detail is null ? string.Empty : $" {char.ToUpperInvariant(result.Detail[0])}{result.Detail[1..]}.";
        return string.Create(CultureInfo.InvariantCulture, $"Timestep {result.Timestep} closed as {result.Status.Name()}{test}: '{result.Winner}' {(result.Changed ? "is the new winner" : "stays the winner")}.{detail}");
    }
}
