namespace Bandstand.Statistics.Distributions;

/// <summary>The chi-square distribution.</summary>
/// <remarks>Accuracy as <see cref="IncompleteGamma"/>. Pure, safe to call from any thread.</remarks>
public static class ChiSquare
{
    /// <summary>P(X &gt; x), with full relative precision in the upper tail.</summary>
    /// <param name="x">0 or more.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number lies outside its range.</exception>
    public static double Survival(double x, double degreesOfFreedom)
        => IncompleteGamma.UpperRegularized(0.5 * degreesOfFreedom, 0.5 * x);
}
