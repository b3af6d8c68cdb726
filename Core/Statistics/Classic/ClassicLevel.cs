namespace Bandstand.Statistics.Classic;

/// <summary>The levels that Vanity shows for a z-score.</summary>
/// <remarks>
/// Vanity adds up the normal density at 0.00, 0.01, … 3.10, beginning at 50 %, and takes the first step at which a level is
/// reached. The sum runs ahead of the integral, so its thresholds are too low (the true one-sided probabilities are 89.8, 94.8,
/// 98.8 and 99.7 %), and two of them are one unit in the last place above 1.63 and 2.26. They are kept exactly, so that
/// those who migrate see what they saw. For a decision use another method.
/// </remarks>
public static class ClassicLevel
{
    /// <summary>The smallest |z| of 90 %.</summary>
    public const double Z90 = 1.27;

    /// <summary>The smallest |z| of 95 %.</summary>
    public const double Z95 = 1.6300000000000001;

    /// <summary>The smallest |z| of 99 %.</summary>
    public const double Z99 = 2.2600000000000002;

    /// <summary>The smallest |z| of 99.9 %.</summary>
    public const double Z999 = 2.75;

    /// <summary>The level in percent that |z| reaches: 0, 90, 95, 99 or 99.9. Not a number has level 0.</summary>
    /// <param name="z">A z-score; infinite ones reach every level.</param>
    public static double Of(double z) => Math.Abs(z) switch
    {
        >= Z999 => 99.9,
        >= Z99 => 99,
        >= Z95 => 95,
        >= Z90 => 90,
        _ => 0,
    };

    /// <summary>The smallest |z| whose level is at least so many percent; infinite over 99.9.</summary>
    /// <param name="percent">What is asked.</param>
    public static double Threshold(double percent) => percent switch
    {
        <= 0 => 0,
        <= 90 => Z90,
        <= 95 => Z95,
        <= 99 => Z99,
        <= 99.9 => Z999,
        _ => double.PositiveInfinity,
    };
}
