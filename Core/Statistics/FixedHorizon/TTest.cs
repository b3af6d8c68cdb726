using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>
/// A difference of two means judged by Student's t distribution. Valid for one look, planned beforehand.
/// </summary>
/// <remarks>Tails come from survival functions, so a p far below 1e-16 is a number and not 0.</remarks>
/// <param name="Difference">Mean of the first sample minus mean of the second.</param>
/// <param name="StandardError">Its standard error, above 0.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom, above 0, not always whole.</param>
public readonly record struct TTest(double Difference, double StandardError, double DegreesOfFreedom)
{
    /// <summary>The statistic, signed as the difference.</summary>
    public double T => Difference / StandardError;

    /// <summary>The probability of a difference at least this far from 0 either way, if there is none in truth.</summary>
    public double PTwoSided => StudentT.TwoSided(T, DegreesOfFreedom);

    /// <summary>The probability of a difference at least this large, if there is none in truth.</summary>
    public double PGreater => StudentT.Survival(T, DegreesOfFreedom);

    /// <summary>The probability of a difference at least this small, if there is none in truth.</summary>
    public double PLess => StudentT.Survival(-T, DegreesOfFreedom);

    /// <summary>The confidence interval of the difference.</summary>
    /// <param name="confidence">Between 0 and 1, usually 0.95.</param>
    public Interval Interval(double confidence)
    {
        var half = Critical(confidence) * StandardError;
        return new Interval(Difference - half, Difference + half);
    }

    /// <summary>The t that a two-sided test at <paramref name="confidence"/> must exceed.</summary>
    /// <param name="confidence">Between 0 and 1, usually 0.95.</param>
    public double Critical(double confidence) => StudentT.UpperQuantile(0.5 * (1 - confidence), DegreesOfFreedom);
}
