using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Planning;

/// <summary>What is compared and how, before there are data: all that power depends on but the effect and the sample. Immutable.</summary>
public sealed record PowerDesign
{
    /// <summary>True for a share of participants (conversions, retention), false for a mean (counts, values, ratios).</summary>
    public required bool IsProportion { get; init; }

    /// <summary><see cref="ScoreMethod.Fixed"/>: one look at the end; <see cref="ScoreMethod.Sequential"/>: any looks.</summary>
    public required ScoreMethod Method { get; init; }

    /// <summary>The control's rate, over 0 and under 1, or its mean.</summary>
    public required double Baseline { get; init; }

    /// <summary>
    /// The standard deviation of participants' totals, over 0; of a ratio metric that of (numerator − ratio × denominator) / mean denominator.
    /// Not read for proportions.
    /// </summary>
    public double StandardDeviation { get; init; } = double.NaN;

    /// <summary>
    /// Means under <see cref="ScoreMethod.Sequential"/>: the share of participants who have an event at all, over 0 and at most 1; the
    /// sequence's clock counts these.
    /// </summary>
    public double EventShare { get; init; } = 1;

    /// <summary>The error probability of all comparisons together, over 0 and under 1.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>The shares of participants, the control's first; at least two, each over 0, summing to 1.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.5, 0.5];

    /// <summary>How many alternatives are compared with the control.</summary>
    public int Comparisons => Shares.Count - 1;

    /// <summary>
    /// The level of each comparison: Bonferroni's α / comparisons. Scores correct by Holm, who rejects whatever Bonferroni does, so the
    /// plan is never too small for it.
    /// </summary>
    public double AlphaOfEach => Alpha / Comparisons;

    /// <summary>The smallest share of an alternative that is not the control: it decides how long the experiment takes.</summary>
    public double SmallestShare => Shares.Skip(1).Min();
}
