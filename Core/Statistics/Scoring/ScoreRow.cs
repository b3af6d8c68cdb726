namespace Bandstand.Statistics.Scoring;

/// <summary>
/// What a score says of one alternative. Every number that cannot be computed is null, and <see cref="Unavailable"/> then
/// holds an entry of its field that says why. Immutable.
/// </summary>
public sealed record ScoreRow
{
    /// <summary>The alternative's key.</summary>
    public required string Alternative { get; init; }

    /// <summary>What callers get, as JSON text.</summary>
    public required string ValueJson { get; init; }

    /// <summary>Participants.</summary>
    public required long Participants { get; init; }

    /// <summary>Participants with at least one event of the metric.</summary>
    public required long Converted { get; init; }

    /// <summary>The sum of all participants' events, repeats included.</summary>
    public required double Conversions { get; init; }

    /// <summary>False when the alternative is closed: it is neither best nor base.</summary>
    public bool IsOpen { get; init; } = true;

    /// <summary>Converted / participants, 0 to 1.</summary>
    public double? Rate { get; init; }

    /// <summary>The mean total per participant; the rate for conversion metrics.</summary>
    public double? Mean { get; init; }

    /// <summary>The standard deviation (n − 1) of participants' totals.</summary>
    public double? StdDev { get; init; }

    /// <summary>Classic: standard errors by which the rate is better (worse when negative) than the base's.</summary>
    public double? Z { get; init; }

    /// <summary>In percent. Classic: 0, 90, 95, 99 or 99.9, the level that |z| reaches. Bayes: 100 × P(best).</summary>
    public double? Probability { get; init; }

    /// <summary>In percent of the least's rate or mean: by how much it is better. Over 0.</summary>
    public double? Difference { get; init; }

    /// <summary>Difference from the control's mean over its magnitude, as a fraction: 0.1 is 10 % more, −0.1 less, whatever the goal.</summary>
    public LiftInterval? Lift { get; init; }

    /// <summary>The two-sided p-value against the control, 0 to 1: the one p-value of this comparison.</summary>
    public double? PValue { get; init; }

    /// <summary>
    /// Under <c>sequential</c>: the e-value against "no difference from the control", 0 or more; <see cref="PValue"/> is min(1, 1/e).
    /// </summary>
    public double? EValue { get; init; }

    /// <summary>Under <c>sequential</c>: the natural logarithm of the e-value, which says more where that is past the range of numbers.</summary>
    public double? LogE { get; init; }

    /// <summary>
    /// Under <c>sequential</c>: the least level at which this difference is among the discoveries of the whole experiment, over all
    /// alternatives and metrics, 0 to 1 (e-BH). At most 1 − confidence: a discovery.
    /// </summary>
    public double? EBH { get; init; }

    /// <summary>
    /// The posterior probability of being the best of all open alternatives, 0 to 1: from the uniform prior of conversion rates,
    /// else from Student's t, where an alternative without spread of its own borrows that of the others.
    /// </summary>
    public double? ProbabilityBest { get; init; }

    /// <summary>The posterior probability of being better than the control, 0 to 1.</summary>
    public double? BeatsControl { get; init; }

    /// <summary>What choosing it would lose on average against the true best, in units of the mean; 0 or more.</summary>
    public double? ExpectedLoss { get; init; }

    /// <summary>Under <c>bayes</c>: where the rate or mean lies with the posterior probability <see cref="ScoreReport.Confidence"/>, with as much outside on either side.</summary>
    public Interval? CredibleInterval { get; init; }

    /// <summary>What allows for weights that changed; null where they did not.</summary>
    public AdaptiveEstimates? Adaptive { get; init; }

    /// <summary>
    /// Of a metric with a window: those whose windows are closed, by whom everything from <see cref="Z"/> to <see cref="ExpectedLoss"/> is judged,
    /// while the figures before are of all participants so far. Null without a window.
    /// </summary>
    public MatureRow? Mature { get; init; }

    /// <summary>What the adjustment by a covariate did; null where there is none. <see cref="Lift"/> and <see cref="PValue"/> are then of the adjusted difference.</summary>
    public AdjustedRow? Adjusted { get; init; }

    /// <summary>One entry for each null number above, in the same order.</summary>
    public required IReadOnlyList<UnavailableNumber> Unavailable { get; init; }
}

/// <summary>A relative lift and its interval, as fractions: 0.1 is 10 %.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="Lower">The lower end.</param>
/// <param name="Upper">The upper end.</param>
public sealed record LiftInterval(double Estimate, double Lower, double Upper);

/// <summary>Why one number of a row is null.</summary>
/// <param name="Field">The number's name in JSON, such as <c>pValue</c>.</param>
/// <param name="Code">A stable kebab-case code of <see cref="ScoreCodes"/>.</param>
/// <param name="Detail">Why, and what it would take, for a person.</param>
public sealed record UnavailableNumber(string Field, string Code, string Detail);
