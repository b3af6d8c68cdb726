using System.Globalization;
using Bandstand.Statistics;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Timesteps;

/// <summary>
/// How a timestep of two alternatives decides: a two-sided t test of their means, and the larger mean wins where p is at most alpha.
/// Only the timestep at hand is tested. Immutable.
/// </summary>
/// <remarks>
/// Counts are multiplied before the test, as the original procedure did (by 5). That is no statistics but a knob: on independent
/// rows the chance of a false winner per timestep is then 0.38 rather than 0.05.
/// </remarks>
/// <param name="Alpha">Over 0 and under 1.</param>
/// <param name="Test">Which t test.</param>
/// <param name="CountMultiplier">Over 0.</param>
/// <param name="LowerIsBetter">Whether the smaller mean wins.</param>
public sealed record ClassicTimestepPolicy(
    double Alpha = ClassicTimestepPolicy.DefaultAlpha,
    TimestepTest Test = TimestepTest.Student,
    double CountMultiplier = ClassicTimestepPolicy.DefaultCountMultiplier,
    bool LowerIsBetter = false) : ITimestepPolicy
{
    /// <summary>0.05.</summary>
    public const double DefaultAlpha = 0.05;

    /// <summary>5.</summary>
    public const double DefaultCountMultiplier = 5;

    /// <summary>The significance level, over 0 and under 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double Alpha { get; init => field = CheckAlpha(value); } = CheckAlpha(Alpha);

    /// <summary>What counts are multiplied by before the test, over 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double CountMultiplier { get; init => field = CheckMultiplier(value); } = CheckMultiplier(CountMultiplier);

    /// <summary>The result of a timestep in which nothing was ever observed.</summary>
    /// <param name="timestep">Its number.</param>
    /// <param name="winner">The alternative that led before it, and still does.</param>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    public static TimestepResult Missing(int timestep, string winner, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Unchanged(timestep, winner, TimestepStatus.MissingFile, "nothing was observed", TimestepObservations.None(keys));
    }

    /// <summary>Decides a timestep.</summary>
    /// <param name="timestep">Its number.</param>
    /// <param name="winner">The alternative that led before it.</param>
    /// <param name="observations">What was observed; null if nothing ever was.</param>
    /// <param name="keys">The two alternatives in the order of the definition; the sign of t is first minus second.</param>
    /// <exception cref="ArgumentException">There are not exactly two alternatives, or the observations are of others.</exception>
    public TimestepResult Decide(int timestep, string winner, TimestepObservations? observations, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count != 2 || (observations is not null && !observations.Alternatives.Select(x => x.Alternative).SequenceEqual(keys, StringComparer.Ordinal)))
        {
            throw new ArgumentException("The classic policy decides between exactly two alternatives, those of the observations.", nameof(keys));
        }

        if (observations is null)
        {
            return Missing(timestep, winner, keys);
        }

        if (Untestable(observations, CountMultiplier) is var (status, detail))
        {
            return Unchanged(timestep, winner, status, detail, observations);
        }

        var (first, second) = (observations.Alternatives[0].Targets.Moments, observations.Alternatives[1].Targets.Moments);
        return first.M2 == 0 && second.M2 == 0
            ? WithoutVariance(timestep, winner, observations, first, second)
            : Tested(timestep, winner, observations, first, second);
    }

    TimestepResult ITimestepPolicy.Decide(
        int timestep, string winner, TimestepObservations? observations, IReadOnlyList<TimestepResult> closed, IReadOnlyList<string> keys) =>
        Decide(timestep, winner, observations, keys);

    private static double CheckAlpha(double alpha) => alpha is > 0 and < 1
        ? alpha
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must be over 0 and under 1.");

    private static double CheckMultiplier(double multiplier) => multiplier > 0 && double.IsFinite(multiplier)
        ? multiplier
        : throw new ArgumentOutOfRangeException(nameof(multiplier), multiplier, "The multiplier must be over 0.");

    private static (TimestepStatus Status, string Detail)? Untestable(TimestepObservations observations, double multiplier)
    {
        var (first, second) = (observations.Alternatives[0], observations.Alternatives[1]);
        if (observations.Unexpected > 0)
        {
            return (TimestepStatus.UnexpectedBanner, Text(
                $"{observations.Unexpected:N0} rows of a banner that is no alternative, such as '{observations.UnexpectedBanner}'; no test"));
        }

        if (first.Rows == 0 && second.Rows == 0)
        {
            return (TimestepStatus.Empty, "no rows that can be read; no test");
        }

        if (first.Rows == 0 || second.Rows == 0)
        {
            return (TimestepStatus.OneBanner, $"only '{(first.Rows == 0 ? second : first).Alternative}' was shown; no test");
        }

        var few = new[] { first, second }.FirstOrDefault(x => x.Targets.Count < 2 || x.Targets.Count * multiplier < 2);
        return few is null ? null : (TimestepStatus.DeviationUndefined, Text(
            $"'{few.Alternative}' has {few.Targets.Count} targets{(few.Targets.Count < 2 ? "" : Text($", times {multiplier}"))}: at least 2 are needed; no test"));
    }

    /// <summary>The result of a timestep that leaves the winner as it was.</summary>
    internal static TimestepResult Unchanged(
        int timestep, string winner, TimestepStatus status, string? detail, TimestepObservations observations) => new(
        timestep,
        winner,
        false,
        status,
        null,
        null,
        null,
        false,
        [.. observations.Alternatives.Select(x => Describe(x.Alternative, x.Targets.Moments))],
        observations.Rows,
        observations.Rejected,
        observations.NullTargets,
        detail);

    private static TimestepAlternative Describe(string alternative, Moments moments) =>
        new(alternative, moments.Count, moments.Count == 0 ? null : moments.Mean, moments.StandardDeviation);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private TimestepResult WithoutVariance(int timestep, string winner, TimestepObservations observations, Moments first, Moments second)
    {
        if (first.Mean == second.Mean)
        {
            return Unchanged(timestep, winner, TimestepStatus.ZeroVariance, "all targets are the same; no test", observations);
        }

        // Student's degrees of freedom need no variance; Welch's do.
        double? df = Test == TimestepTest.Student ? (CountMultiplier * (first.Count + second.Count)) - 2 : null;
        const string Detail = "each alternative has one and the same target throughout, and they differ: p is 0 and decides";
        var result = Unchanged(timestep, winner, TimestepStatus.ZeroVarianceUnequal, Detail, observations) with { Df = df, PValue = 0 };
        return Won(result, winner, first, second);
    }

    private TimestepResult Tested(int timestep, string winner, TimestepObservations observations, Moments first, Moments second)
    {
        var test = Compare(first, second);
        var result = Unchanged(timestep, winner, TimestepStatus.Ok, null, observations) with
        {
            T = test.T,
            Df = test.DegreesOfFreedom,
            PValue = test.PTwoSided,
        };
        return result.PValue <= Alpha ? Won(result, winner, first, second) : result;
    }

    private TimestepResult Won(TimestepResult result, string winner, Moments first, Moments second)
    {
        var firstWins = first.Mean > second.Mean != LowerIsBetter;
        var leader = result.Alternatives[firstWins ? 0 : 1].Alternative;
        return result with { Significant = true, Winner = leader, Changed = leader != winner };
    }

    // The counts need not be whole after the multiplication, so the formulas stand here and not in StudentTest and WelchTest.
    private TTest Compare(Moments first, Moments second)
    {
        var (n0, n1) = (first.Count * CountMultiplier, second.Count * CountMultiplier);
        var (v0, v1) = (first.Variance!.Value, second.Variance!.Value);
        var difference = first.Mean - second.Mean;
        if (Test == TimestepTest.Student)
        {
            var df = n0 + n1 - 2;
            var pooled = (((n0 - 1) * v0) + ((n1 - 1) * v1)) / df;
            return new TTest(difference, Math.Sqrt(pooled * ((1 / n0) + (1 / n1))), df);
        }

        var square = (v0 / n0) + (v1 / n1);
        var (share0, share1) = (v0 / n0 / square, v1 / n1 / square);
        return new TTest(difference, Math.Sqrt(square), 1 / ((share0 * share0 / (n0 - 1)) + (share1 * share1 / (n1 - 1))));
    }
}
