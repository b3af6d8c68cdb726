using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>A difference judged by the normal distribution. Valid for one look, planned beforehand.</summary>
/// <param name="Difference">First minus second.</param>
/// <param name="StandardError">Its standard error, above 0.</param>
public readonly record struct ZTest(double Difference, double StandardError)
{
    /// <summary>The statistic, signed as the difference.</summary>
    public double Z => Difference / StandardError;

    /// <summary>The probability of a difference at least this far from 0 either way, if there is none in truth.</summary>
    public double PTwoSided => Normal.TwoSided(Z);

    /// <summary>The probability of a difference at least this large, if there is none in truth.</summary>
    public double PGreater => Normal.Survival(Z);

    /// <summary>The interval <c>Difference ± z × StandardError</c>.</summary>
    /// <param name="confidence">Between 0 and 1, usually 0.95.</param>
    public Interval Interval(double confidence)
    {
        var half = Normal.UpperQuantile(0.5 * (1 - confidence)) * StandardError;
        return new Interval(Difference - half, Difference + half);
    }
}
