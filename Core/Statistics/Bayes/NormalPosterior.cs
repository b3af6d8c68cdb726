using static System.FormattableString;

namespace Bandstand.Statistics.Bayes;

/// <summary>A normal posterior of a mean. Immutable.</summary>
/// <param name="Mean">Its mean, finite.</param>
/// <param name="StandardDeviation">Its standard deviation, over 0 and finite.</param>
public readonly record struct NormalPosterior(double Mean, double StandardDeviation)
{
    /// <summary>The posterior of −mean: turns "least is best" into "most is best".</summary>
    public NormalPosterior Mirrored => new(-Mean, StandardDeviation);

    /// <summary>Its name and parameters.</summary>
    public override string ToString() => Invariant($"Normal({Mean}, {StandardDeviation})");
}
