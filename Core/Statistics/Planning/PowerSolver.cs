using Bandstand.Statistics.Scoring;

namespace Bandstand.Statistics.Planning;

/// <summary>Solves power, sample and effect for one of the three, the other two being given. Pure and thread-safe.</summary>
/// <remarks>By halving an interval and its logarithm: the power grows with the sample and with the effect. A sequential plan takes about a
/// millisecond, its effect 30.</remarks>
public static class PowerSolver
{
    /// <summary>The most participants that are planned for.</summary>
    public const double MostParticipants = 1e12;

    /// <summary>Participants in all that find the difference with this power, not rounded.</summary>
    /// <param name="design">What is compared.</param>
    /// <param name="difference">From the control's rate or mean; not 0.</param>
    /// <param name="power">Over 0 and under 1.</param>
    public static Estimate<double> Participants(PowerDesign design, double difference, double power)
    {
        Check(design);
        CheckPower(power);
        var curve = new PowerCurve(design);
        var found = design.Method == ScoreMethod.Sequential
            ? curve.Reaches(difference, power, MostParticipants)
            : Least(n => curve.Of(n, difference) >= power, design.Shares.Count, MostParticipants);
        return found is { } least
            ? least
            : new Unavailable(ScoreCodes.OutOfRange, "More than 1e12 participants would be needed: plan for a larger difference.");
    }

    /// <summary>The power to find a difference.</summary>
    /// <param name="design">What is compared.</param>
    /// <param name="difference">From the control's rate or mean; not 0.</param>
    /// <param name="participants">In all.</param>
    public static double Power(PowerDesign design, double difference, double participants)
    {
        Check(design);
        return new PowerCurve(design).Of(participants, difference);
    }

    /// <summary>The smallest difference that is found with this power, over 0 where <paramref name="sign"/> is, else under.</summary>
    /// <param name="design">What is compared.</param>
    /// <param name="participants">In all.</param>
    /// <param name="power">Over 0 and under 1.</param>
    /// <param name="sign">+1: more than the control; −1: less.</param>
    public static Estimate<double> Difference(PowerDesign design, double participants, double power, int sign = 1)
    {
        Check(design);
        CheckPower(power);
        var curve = new PowerCurve(design);
        var scale = design.IsProportion ? (sign > 0 ? 1 - design.Baseline : design.Baseline) : design.StandardDeviation * 1e9;
        return Least(d => curve.Of(participants, sign * d) >= power, scale * 1e-18, scale * (1 - 1e-12), Fine(design)) is { } least
            ? sign * least
            : new Unavailable(ScoreCodes.FewParticipants, "So few participants find no difference with this power, however large: take more.");
    }

    /// <summary>The least number in a range for which something holds that holds for all above it; null where it holds nowhere.</summary>
    private static double? Least(Func<double, bool> holds, double low, double high, double fine = 1e-13)
    {
        if (!holds(high))
        {
            return null;
        }

        if (holds(low))
        {
            return low;
        }

        while (high - low > fine * high)
        {
            var middle = high / low > 1.5 ? Math.Sqrt(low) * Math.Sqrt(high) : low + ((high - low) / 2);
            (low, high) = holds(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }

    private static void Check(PowerDesign design)
    {
        if (design.Method is not (ScoreMethod.Fixed or ScoreMethod.Sequential))
        {
            throw new ArgumentOutOfRangeException(nameof(design), design.Method, "Only fixed and sequential tests have a power.");
        }

        if (design.Shares.Count < 2 || design.Shares.Any(s => !(s > 0)) || Math.Abs(design.Shares.Sum() - 1) > 1e-9)
        {
            throw new ArgumentException("Two shares or more are needed, each over 0, that sum to 1.", nameof(design));
        }

        if (design.IsProportion ? !(design.Baseline is > 0 and < 1) : !(design.StandardDeviation > 0))
        {
            throw new ArgumentException("A proportion needs a baseline over 0 and under 1, a mean a standard deviation over 0.", nameof(design));
        }

        if (!(design.Alpha is > 0 and < 1) || !(design.EventShare is > 0 and <= 1))
        {
            throw new ArgumentException("The error probability must be over 0 and under 1, the share with an event over 0 and at most 1.", nameof(design));
        }
    }

    /// <summary>A passage is not known better than this.</summary>
    private static double Fine(PowerDesign design) => design.Method == ScoreMethod.Sequential ? 1e-7 : 1e-13;

    private static void CheckPower(double power)
    {
        if (!(power is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(power), power, "The power must be over 0 and under 1.");
        }
    }
}
