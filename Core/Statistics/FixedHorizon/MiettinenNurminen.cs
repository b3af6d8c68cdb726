using Bandstand.Statistics.Distributions;

namespace Bandstand.Statistics.FixedHorizon;

/// <summary>
/// The score interval of the difference of two conversion rates: all differences that the score test does not reject. The
/// best of the approximate intervals for small counts.
/// </summary>
/// <remarks>
/// Source: Miettinen and Nurminen (1985), Statistics in Medicine 4, 213–226, with their factor N/(N − 1). Rates under a given
/// difference come from the cubic of their appendix. Measured against an independent maximisation of the likelihood: the
/// statistic at both ends is the critical value to 2e-6 or better. statsmodels up to 0.14.6 differs by up to 1e-3 of the width, because
/// of a slip in its cubic (its issue 10269). Pure, safe to call from any thread.
/// </remarks>
public static class MiettinenNurminen
{
    private const int Halvings = 80;

    /// <summary>The interval of the first rate minus the second.</summary>
    /// <param name="first">Usually the treatment.</param>
    /// <param name="second">Usually the control.</param>
    /// <param name="confidence">Between 0 and 1, usually 0.95.</param>
    /// <returns>The interval, or that one of them has no participants.</returns>
    public static Estimate<Interval> Interval(Proportion first, Proportion second, double confidence)
    {
        if (Math.Min(first.Participants, second.Participants) == 0)
        {
            return Unavailable.FewParticipants(1);
        }

        var z = Normal.UpperQuantile(0.5 * (1 - confidence));
        var difference = first.Rate - second.Rate;
        return new Interval(End(first, second, difference, -1, z * z), End(first, second, difference, 1, z * z));
    }

    /// <summary>The point between the estimate and ±1 where the squared score statistic passes its critical value.</summary>
    private static double End(Proportion first, Proportion second, double inside, double outside, double critical)
    {
        for (var i = 0; i < Halvings && inside != outside; i++)
        {
            var middle = 0.5 * (inside + outside);
            if (middle == inside || middle == outside)
            {
                break;
            }

            var gap = first.Rate - second.Rate - middle;
            (inside, outside) = gap * gap > critical * Variance(first, second, middle) ? (inside, middle) : (middle, outside);
        }

        return 0.5 * (inside + outside);
    }

    /// <summary>Variance of the difference of rates if the true difference is <paramref name="delta"/>.</summary>
    private static double Variance(Proportion first, Proportion second, double delta)
    {
        double n1 = first.Participants, n2 = second.Participants, x2 = second.Converted;
        var n = n1 + n2;
        var x = first.Converted + x2;

        // The likelihood's derivative in the second rate, times its denominators: L3 p³ + L2 p² + L1 p + L0 = 0.
        var l2 = (((n1 + (2 * n2)) * delta) - n - x) / n;
        var l1 = ((((n2 * delta) - n - (2 * x2)) * delta) + x) / n;
        var l0 = x2 * delta * (1 - delta) / n;
        var q = (l2 * l2 * l2 / 27) - (l1 * l2 / 6) + (l0 / 2);
        var p = Math.CopySign(Math.Sqrt(Math.Max(0, (l2 * l2 / 9) - (l1 / 3))), q);
        var angle = p == 0 ? 0 : (Math.PI + Math.Acos(Math.Clamp(q / (p * p * p), -1, 1))) / 3;
        var rate2 = Math.Clamp((2 * p * Math.Cos(angle)) - (l2 / 3), Math.Max(0, -delta), Math.Min(1, 1 - delta));
        var rate1 = Math.Clamp(rate2 + delta, 0, 1);
        return ((rate1 * (1 - rate1) / n1) + (rate2 * (1 - rate2) / n2)) * n / (n - 1);
    }
}
