using Bandstand.Statistics.Sequential;

namespace Bandstand.Statistics.Scoring;

/// <summary>
/// e-BH over every question of an experiment: each alternative but the control, by each metric (Wang and Ramdas 2022). It bounds the
/// expected share of false ones among what is called a discovery, at every look and however the questions depend on each other.
/// </summary>
/// <param name="own">The e-values of the metric asked about, without the control.</param>
/// <param name="control">The control's place among the alternatives.</param>
/// <param name="others">The e-values of every other question.</param>
internal sealed class Discoveries(IReadOnlyList<double> own, int control, IReadOnlyList<double> others)
{
    private double[]? levels;

    /// <summary>How many questions are asked.</summary>
    public int Questions => own.Count + others.Count;

    /// <summary>The least level at which an alternative, not the control, is a discovery: at most 1.</summary>
    public double Level(int index)
    {
        // Most methods have no e-values and never ask.
        levels ??= MultipleComparisons.EBenjaminiHochberg([.. own, .. others]);
        return levels[index < control ? index : index - 1];
    }
}
