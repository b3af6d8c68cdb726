using Bandstand.Statistics.Adaptive;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// What data say whose assignment probabilities changed, by a bandit or by hand. Means over all participants mix periods then: a base
/// rate that moved with the weights looks like a difference, and a bandit's means are biased. Immutable.
/// </summary>
public sealed record AdaptiveEstimates
{
    /// <summary>Sets of weights under which participants were assigned.</summary>
    public required int Epochs { get; init; }

    /// <summary>The alternative's mean as if every epoch had been spread over the alternatives alike; null while nobody is in it.</summary>
    public double? Mean { get; init; }

    /// <summary>
    /// The difference from the control's mean that the sequence is about: least variance, interval at every look. Null on the control's row
    /// and where <see cref="Unavailable"/> says why.
    /// </summary>
    public DifferenceEstimate? Sequence { get; init; }

    /// <summary>The difference averaged over the epochs by their participants. Interval for one look.</summary>
    public DifferenceEstimate? Stratified { get; init; }

    /// <summary>The difference by inverse probability weighting: unbiased, and noisy. Interval for one look.</summary>
    public DifferenceEstimate? InverseProbability { get; init; }

    /// <summary>The difference by adaptively weighted AIPW: the least biased of the precise ones. Interval for one look.</summary>
    public DifferenceEstimate? AdaptivelyWeighted { get; init; }

    /// <summary>Why an estimate is null, by its name in JSON; nothing on the control's row.</summary>
    public IReadOnlyList<UnavailableNumber> Unavailable { get; init; } = [];
}

/// <summary>A difference of two means in units of the metric, with its interval at the score's confidence.</summary>
/// <param name="Estimate">The difference.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Lower">The lower end.</param>
/// <param name="Upper">The upper end.</param>
public sealed record DifferenceEstimate(double Estimate, double StandardError, double Lower, double Upper)
{
    /// <summary>The estimate with so many standard errors to each side, or that it left the range of numbers.</summary>
    internal static Estimate<DifferenceEstimate> Of(WeightedEstimate difference, double critical)
    {
        var reach = critical * difference.StandardError;
        return double.IsFinite(difference.Value) && double.IsFinite(reach)
            ? new DifferenceEstimate(difference.Value, difference.StandardError, difference.Value - reach, difference.Value + reach)
            : Reasons.OutOfRange();
    }
}
