namespace Bandstand.Statistics.Adaptive;

/// <summary>An estimate and its variance. Immutable.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Variance">The variance of the estimate, 0 or more.</param>
public readonly record struct WeightedEstimate(double Value, double Variance)
{
    /// <summary>√ of the variance.</summary>
    public double StandardError => Math.Sqrt(Variance);
}
