using Bandstand.Statistics.Adaptive;
using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.Scoring;

/// <summary>The estimates that allow for weights that changed; the same under every method.</summary>
internal static class AdaptiveFigures
{
    /// <summary>Whether participants were assigned under different weights.</summary>
    public static bool HasChanged(IReadOnlyList<ArmData> arms)
    {
        if (arms[0].Epochs is null or { Count: 1 })
        {
            return false;
        }

        var byEpoch = arms.Select(arm => arm.ByEpoch()).ToList();
        var isRatio = arms.Any(arm => arm.Below is not null);
        var first = -1;
        for (var e = 0; e < byEpoch[0].Count; e++)
        {
            // Epochs with too little below a ratio's line are taken as empty, but their participants are part of the whole.
            if (byEpoch.All(epochs => epochs[e].Participants == 0) && !isRatio)
            {
                continue;
            }

            first = first < 0 ? e : first;
            if (byEpoch.Exists(epochs => epochs[e].Probability != epochs[first].Probability))
            {
                return !byEpoch.Exists(epochs => double.IsNaN(epochs[e].Probability));
            }
        }

        return false;
    }

    /// <summary>The means that alternatives are ranked by where weights changed, or null where they did not.</summary>
    public static double[]? Means(IReadOnlyList<ArmData> arms, Experiments.MetricKind kind)
    {
        if (!HasChanged(arms))
        {
            return null;
        }

        var byEpoch = arms.Select(arm => arm.ByEpoch()).ToList();
        return AdjustedMeans.Of([.. Enumerable.Range(0, byEpoch[0].Count).Select(e => byEpoch.Select(epochs => PairEpochs.Totals(epochs[e], kind)).ToArray())]);
    }

    /// <summary>The estimates of one alternative.</summary>
    /// <param name="arms">The alternatives.</param>
    /// <param name="index">Which.</param>
    /// <param name="control">The control's place.</param>
    /// <param name="request">The question.</param>
    /// <param name="means">The answer of <see cref="Means"/>.</param>
    public static AdaptiveEstimates Of(IReadOnlyList<ArmData> arms, int index, int control, ScoreRequest request, double[] means)
    {
        var estimates = new AdaptiveEstimates
        {
            Epochs = arms[0].ByEpoch().Count,
            Mean = arms[index].Participants == 0 ? null : means[index],
        };
        if (index == control)
        {
            return estimates;
        }

        ArmData arm = arms[index], other = arms[control];
        var epochs = new PairEpochs(arm, other, request.Kind).Epochs;
        var critical = Normal.UpperQuantile((1 - request.Confidence) / 2);
        var unavailable = new List<UnavailableNumber>();
        return estimates with
        {
            Sequence = Figure("sequence", new SequentialComparison(request.Kind, request.Confidence).Difference(arm, other)),
            Stratified = Figure("stratified", OneLook(StratifiedDifference.OfEverybody(epochs))),
            InverseProbability = Figure("inverseProbability", OneLook(WeightedDifference.InverseProbability(epochs))),
            AdaptivelyWeighted = Figure("adaptivelyWeighted", OneLook(WeightedDifference.Adaptive(epochs))),
            Unavailable = unavailable,
        };

        Estimate<DifferenceEstimate> OneLook(Estimate<WeightedEstimate> figure) => figure.Then(difference => DifferenceEstimate.Of(difference, critical));

        DifferenceEstimate? Figure(string field, Estimate<DifferenceEstimate> figure)
        {
            if (figure.TryGet(out var estimate, out var reason))
            {
                return estimate;
            }

            unavailable.Add(new UnavailableNumber(field, reason.Code, reason.Detail));
            return null;
        }
    }
}
